import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './say.ts';

/** What the pages are made of, below the project's folder. */
const sources = ['services/console/web', 'services/console/calls', 'services/common/protocol', 'sdk/src'];
const buildMs = 120_000;

/**
 * Builds the console's pages if they are missing or older than what they are made of. If that can't be done the console runs
 * without them and says so, and all else runs as ever.
 */
export async function buildPages(root: string): Promise<void> {
  const web = join(root, 'services/console/web');
  const dist = join(web, 'dist');
  if (!existsSync(join(web, 'vite.config.ts')) || !isOutdated(root, join(dist, 'index.html'))) return;
  say('building the pages of the console …');
  // Whoever else serves or builds them at this time has whole ones.
  const made = join(web, `dist-${process.pid}`);
  const fault = await build(root, web, made);
  if (fault === undefined) {
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
    return;
  }
  rmSync(made, { recursive: true, force: true });
  say(`the pages of the console can't be built, it runs without: ${fault}`);
}

function isOutdated(root: string, built: string): boolean {
  const builtMs = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  if (builtMs === undefined) return true;
  return sources.some((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\/(dist|node_modules)/.test(entry.parentPath))
      .some((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })!.mtimeMs > builtMs),
  );
}

/** @returns the last line of what went wrong. */
function build(root: string, web: string, outDir: string): Promise<string | undefined> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', web, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error'];
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: buildMs });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-2_000);
    });
  }
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code) => {
    resolve(code === 0 ? undefined : (said.trim().split('\n').at(-1) ?? '').slice(0, 300) || `code ${code}`);
  });
  return promise;
}
