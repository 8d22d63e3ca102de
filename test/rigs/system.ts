import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BusKind, Role } from '../../scripts/up/args.ts';
import { PortFinder } from '../../scripts/up/ports.ts';
import { endAll, startedFor } from '../../scripts/up/process-table.ts';
import { type RunFile, type RunningProcess, runFileOf } from '../../scripts/up/run-file.ts';
import { waitFor } from './process.ts';
import { loopback, type TestHost } from './test-host.ts';

export interface SystemOptions {
  /** Instances of each role; one where nothing is said. */
  scale?: Partial<Record<Role, number>>;
  bus?: BusKind;
  /** Kept when the system stops. Without one, a new folder that is removed then. */
  dataDir?: string;
  /** Port of the API, the next one is the devices', the one after the console's. Free ones without it. */
  basePort?: number;
  /** With the demo device, which is left out otherwise. */
  demo?: boolean;
  /** With the console, which is left out otherwise. */
  console?: boolean;
  /** Configuration of roles: `key=value`, `role.key=value`. */
  settings?: string[];
  /** Where the agents push to; there are none without it. */
  remoteWrite?: string;
  /** Further flags of `up`. */
  flags?: string[];
  /** File with certificates (PEM) that its processes trust besides. */
  trusted?: string;
  /** Of `up`, beside this process's environment. */
  env?: Record<string, string>;
}

/** The whole system, however it runs. */
export interface TestSystem {
  readonly dataDir: string;
  readonly testHost: TestHost;
  /** `run.json` as it is now. @throws Error while there is none. */
  run(): RunFile;
  /** Of the instance, as it runs now. @throws Error while it doesn't. */
  processOf(instance: string): RunningProcess;
  /** Sends a signal to one instance (`cm-1`, `redis-1`) and answers its pid. */
  kill(instance: string, signal?: NodeJS.Signals): number;
  /** Stops everything in order and removes the data, unless the folder was given. May be called twice. */
  stop(): Promise<void>;
  /** The last lines of each log, for the report of a failure. */
  logs(): string;
}

/** The whole system, run by `up` itself. */
export interface UpSystem extends TestSystem {
  /** Ends `up` alone, at once: what it started goes on. */
  killUp(): Promise<void>;
  /** Resolves with the exit code of `up`; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What `up` has printed so far. */
  output(): string;
}

const root = new URL('../../', import.meta.url).pathname;
const startLimitMs = 150_000;

/** Where a system of one's own can have its three ports. */
export async function freeBasePort(): Promise<number> {
  const ports = new PortFinder();
  for (;;) {
    const port = await ports.free();
    const next = await ports.claim(port + 1, 'the next').catch(() => undefined);
    const after = await ports.claim(port + 2, 'the one after').catch(() => undefined);
    if (next !== undefined && after !== undefined) return port;
  }
}

/**
 * Starts a system and waits until it is ready. It ends with this process, if not before.
 *
 * @throws Error with what `up` printed, if it does not start.
 */
export async function startSystem(options: SystemOptions = {}): Promise<UpSystem> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'longwire-system-'));
  mkdirSync(dataDir, { recursive: true });
  const outputFile = join(dataDir, 'up.log');
  const { child, ended } = spawnUp(argsOf(options, dataDir, options.basePort ?? (await freeBasePort())), outputFile, {
    ...options.env,
    ...(options.trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: options.trusted }),
  });
  const run = (): RunFile => JSON.parse(readFileSync(runFileOf(dataDir), 'utf8')) as RunFile;
  const processOf = (instance: string): RunningProcess => {
    const found = run().processes.find((one) => one.instance === instance);
    if (!found) throw new Error(`${instance} does not run`);
    return found;
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await waitFor('up stops', () => child.exitCode !== null || child.signalCode !== null, 45_000).catch(() => {
      child.kill('SIGKILL');
    });
    await ended;
    await endAll(() => startedFor(dataDir), 0);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const system: UpSystem = {
    dataDir,
    testHost: loopback,
    run,
    processOf,
    kill(instance, signal = 'SIGKILL') {
      const { pid } = processOf(instance);
      process.kill(pid, signal);
      return pid;
    },
    async killUp() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
    stop,
    output: () => readFileSync(outputFile, 'utf8'),
    logs: () => tailsOf(dataDir, outputFile),
  };
  try {
    const died = ended.then((code) => {
      throw new Error(`up ended with code ${code} before the system was up`);
    });
    await Promise.race([
      waitFor('the system is up', () => system.output().includes('Longwire is up.'), startLimitMs, 50),
      died,
    ]);
    return system;
  } catch (error) {
    const said = system.logs();
    await stop();
    throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
  }
}

function argsOf(options: SystemOptions, dataDir: string, basePort: number): string[] {
  const scale = Object.entries(options.scale ?? {}).flatMap(([role, count]) => ['--scale', `${role}=${count}`]);
  const bus = options.bus === undefined ? [] : ['--bus', options.bus];
  const demo = options.demo ? [] : ['--no-demo'];
  const ofConsole = options.console ? [] : ['--no-console'];
  const settings = (options.settings ?? []).flatMap((setting) => ['--set', setting]);
  const agents = options.remoteWrite === undefined ? [] : ['--remote-write', options.remoteWrite];
  const flags = [...settings, ...agents, ...(options.flags ?? [])];
  return ['--data', dataDir, '--port', String(basePort), ...demo, ...ofConsole, ...scale, ...bus, ...flags];
}

function spawnUp(args: string[], outputFile: string, env: Record<string, string>) {
  const output = openSync(outputFile, 'w');
  const child = spawn(process.execPath, [join(root, 'scripts/up/main.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    // The channel closes when this process ends, however it ends, and `up` stops then.
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  child.channel?.unref();
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, ended };
}

function tailsOf(dataDir: string, outputFile: string): string {
  const folder = join(dataDir, 'logs');
  const logs = readdirSync(dataDir).includes('logs') ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [outputFile, ...logs]
    .map((file) => `--- ${file}\n${readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')}`)
    .join('\n');
}
