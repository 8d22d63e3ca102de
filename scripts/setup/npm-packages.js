import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, lastLines, runStep, SetupError, say } from './progress.js';

/**
 * Makes node_modules what package-lock.json says, if it isn't yet, and the Node that comes with it ready to run.
 *
 * @param {string} root the project's folder
 * @returns {Promise<string>} path of the Node binary that runs the project
 */
export async function installNpmPackages(root) {
  if (isCurrent(root) && (await nodeVersion(root))) return nodeBinary(root);
  const unlock = await lock(root);
  try {
    if (!isCurrent(root)) await npmCi(root);
    if (!(await nodeVersion(root))) await repairNode(root);
  } finally {
    unlock();
  }
  return nodeBinary(root);
}

/** Whether everything that the lock file wants is in node_modules; what is optional may be missing. */
export function isCurrent(root) {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional, link }]) => {
      if (path === '' || link || !path.startsWith('node_modules/')) return true;
      return present[path] ? present[path].version === version : Boolean(optional);
    });
  } catch {
    return false;
  }
}

async function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const step = { what: 'installing npm packages', command: 'npm', args, cwd: root, env: cleanEnv() };
  const { ok, output } = await runStep(step);
  if (!ok) throw new SetupError(`npm ci failed:\n${npmFault(output)}`);
}

/** npm says first what is wrong, and then much else. */
function npmFault(output) {
  const errors = output.split('\n').filter((line) => /^npm (error|ERR!) +\S/.test(line));
  return errors.length > 0 ? lastLines(errors.slice(0, 6).join('\n')) : lastLines(output);
}

/** The package `node` fetches its binary in an install script, which npm may have been told not to run. */
async function repairNode(root) {
  const step = { what: 'fetching Node', cwd: root, env: { ...cleanEnv(), npm_config_ignore_scripts: 'false' } };
  const first = await runStep({ ...step, command: 'npm', args: ['rebuild', 'node', '--foreground-scripts'] });
  if (await nodeVersion(root)) return;
  const cwd = join(root, 'node_modules/node');
  const second = await runStep({ ...step, cwd, command: process.execPath, args: ['installArchSpecificPackage.js'] });
  if (await nodeVersion(root)) return;
  throw new SetupError(
    `node_modules/.bin/node does not run; "npm rebuild node" should fetch it, and said:\n${lastLines(`${first.output}\n${second.output}`)}`,
  );
}

function nodeBinary(root) {
  return join(root, 'node_modules/.bin/node');
}

async function nodeVersion(root) {
  const { ok, output } = await capture(nodeBinary(root), ['-v']);
  return ok && Number(/^v(\d+)/.exec(output)?.[1]) >= 26;
}

/** npm ci takes the project's own binaries away while it works: neither npm nor install scripts may run on them. */
function cleanEnv() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.endsWith('node_modules/.bin'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|node_execpath)/.test(name) || name === 'NODE_ENV' || name === 'INIT_CWD')
      delete env[name];
  }
  return env;
}

/** Two commands started at once must not both install: the later waits, at most ten minutes. */
async function lock(root) {
  const file = join(root, '.cache/setup.lock');
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let told = false, end = Date.now() + 600_000; ; ) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0 && !isRunning(pid)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`waiting for another command that installs packages (pid ${pid})`);
    told = true;
    if (Date.now() > end)
      throw new SetupError(`another command has been installing for ten minutes; if not, remove ${file}`);
    await sleep(250);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
