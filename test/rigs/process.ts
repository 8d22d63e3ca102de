import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of its own that a rig started: on a free port, in a folder of its own, ended by pid. */
export interface Managed {
  readonly pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Sends the signal and waits for the end; SIGKILL follows after `graceMs`. */
  end(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

export interface SpawnOptions {
  command: string;
  args: string[];
  /** Gets what the process prints. */
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** @throws Error if the command cannot be started. */
export async function startProcess(options: SpawnOptions): Promise<Managed> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const child: ChildProcess = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in a terminal reaches whoever started it first, who then stops it in order.
    detached: true,
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([
    once(child, 'spawn'),
    once(child, 'error').then(([error]) => {
      throw new Error(`${options.command} cannot be started: ${(error as Error).message}`);
    }),
  ]);
  return {
    pid: child.pid as number,
    ended,
    async end(signal = 'SIGTERM', graceMs = 15_000) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Stops all its threads, as on a host that is suspended; SIGCONT lets it go on. Resolves when the last has stopped. */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const running = (thread: string): boolean => !/\) T/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'));
  await waitFor(`process ${pid} has stopped`, () => !readdirSync(`/proc/${pid}/task`).some(running));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** How many times as long as on a machine of its own tests wait for what they expect; 1 if nobody says otherwise. */
export const patience = Number(process.env['LONGWIRE_TEST_PATIENCE'] ?? 1);

/**
 * Asks `condition` again and again until it answers something other than undefined or false. `timeoutMs` is multiplied by `patience`.
 *
 * @throws Error naming `what` after `timeoutMs`, with the last fault as its cause.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 10_000,
  everyMs = 20,
): Promise<Exclude<T, undefined | false>> {
  const limitMs = timeoutMs * patience;
  const end = Date.now() + limitMs;
  let fault: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
    } catch (error) {
      fault = error;
    }
    if (Date.now() >= end) throw new Error(`${what}: not within ${limitMs} ms`, { cause: fault });
    await sleep(everyMs);
  }
}
