import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 };

/**
 * Runs a script on the given Node with this terminal, passing signals on. Ctrl-C reaches the child twice, from the
 * terminal and from here: it counts signals close to each other as one.
 *
 * @param {string} node path of the binary
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, channel?: boolean}} [options] channel: one between the two processes
 *   tells the child when this one is gone, however it went.
 * @returns {Promise<number>} its exit code
 */
export function runWithNode(node, args, { env = process.env, cwd, channel = false } = {}) {
  const path = [dirname(node), env.PATH].join(delimiter);
  const stdio = ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])];
  const child = spawn(node, args, { cwd, stdio, env: { ...env, PATH: path } });
  const pass = (signal) => child.kill(signal);
  const orphaned = watchParent(() => pass('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const passed of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(passed, pass);
      resolve(code ?? exitCodes[signal] ?? 1);
    });
  });
}

/** npm that was killed can pass no signal on: what it ran stops then. Started without npm, it may outlive its shell. */
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 1_000);
  return timer;
}
