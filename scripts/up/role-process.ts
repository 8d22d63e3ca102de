import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Managed } from '../../test/rigs/process.ts';

/** A process under supervision. */
export interface Running extends Managed {
  /** The code it ended with; null if a signal ended it, or it still runs. */
  exitCode?: () => number | null;
}

/** What roles run with, wherever they run; docs/capacity.md says why. */
const common = flagsIn(new URL('../../services/node-flags', import.meta.url));

/** The flags of Node that a program runs with: its own, beside its `main.ts`, in place of those of roles. */
export function flagsOf(script: string): string[] {
  const own = join(dirname(script), 'node-flags');
  return existsSync(own) ? flagsIn(own) : common;
}

function flagsIn(file: string | URL): string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}

/**
 * Starts a role with its two outputs in one file, written by the role itself: neither waits for the other, and the
 * file may be cut short from outside.
 *
 * @throws Error if it cannot be started.
 */
export async function startRole(options: {
  script: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  cwd: string;
}): Promise<Running> {
  const log = openSync(options.logFile, 'a', 0o600);
  // A group of its own: Ctrl-C in a terminal must not reach it, as roles are stopped in order.
  const child = spawn(process.execPath, [...flagsOf(options.script), options.script], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await once(child, 'spawn');
  return {
    pid: child.pid as number,
    ended,
    exitCode: () => child.exitCode,
    async end(signal = 'SIGTERM', graceMs = 15_000) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(late);
    },
  };
}
