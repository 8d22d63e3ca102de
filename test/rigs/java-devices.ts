import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Availability } from './maven.ts';
import { waitFor } from './process.ts';

const folder = fileURLToPath(new URL('../../sdk-android/', import.meta.url));
const jar = join(folder, 'harness/target/longwire-harness.jar');
const resultMs = 30_000;
/** The harness, as it is started. */
export const javaHarness = ['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', jar];
const exec = promisify(execFile);

/** Whether the Java SDK can be built and run here; builds its harness where that is older than its sources. */
export async function javaHarnessAvailable(): Promise<Availability> {
  try {
    const { stderr } = await exec('javac', ['-version']).then(() => exec('java', ['-version']));
    const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    if (major < 17) return { ok: false, reason: `Java 17 or later is needed, not ${major}` };
    if (!existsSync(jar) || newestSource() > statSync(jar).mtimeMs) {
      const flags = ['-B', '-q', '-pl', 'core,harness', 'package', '-DskipTests', '-Dmaven.javadoc.skip=true'];
      await exec('mvn', flags, { cwd: folder, timeout: 900_000 });
    }
    return { ok: true };
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return { ok: false, reason: line ?? 'unknown' };
  }
}

function newestSource(): number {
  const files = ['core', 'harness'].flatMap((module) =>
    readdirSync(join(folder, module), { recursive: true, encoding: 'utf8' })
      .filter((name) => name === 'pom.xml' || name.startsWith('src/main/'))
      .map((name) => join(folder, module, name)),
  );
  return Math.max(...[...files, join(folder, 'pom.xml')].map((file) => statSync(file).mtimeMs));
}

export interface JavaPush {
  id: string;
  task: string;
  kind: 'notification' | 'transmission' | 'revoke';
  text?: string;
}

/** What a device of the harness has told. */
export class JavaDevice {
  readonly pushes: JavaPush[] = [];
  readonly cids: string[] = [];
  status = '';
  reason: string | undefined;

  get texts(): (string | undefined)[] {
    return this.pushes.map(({ text }) => text);
  }

  get cid(): string {
    const cid = this.cids.at(-1);
    if (cid === undefined) throw new Error('the device has no cid yet');
    return cid;
  }

  async connected(timeoutMs = 30_000): Promise<void> {
    // The cid is told once it is stored, which may be after the welcome.
    await waitFor('the device is connected', () => this.status === 'connected' && this.cids.length > 0, timeoutMs);
  }
}

interface Line {
  e: 'ready' | 'status' | 'cid' | 'push' | 'result';
  d?: string;
  n?: number;
  ok?: boolean;
  code?: string;
  message?: string;
  [field: string]: unknown;
}

/** Devices of the Java SDK in one process: `sdk-android/harness`, driven by lines of JSON. */
export class JavaDevices {
  /** What the SDK told people, the last of it. */
  said = '';
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #devices = new Map<string, JavaDevice>();
  readonly #waiting = new Map<number, (line: Line) => void>();
  #count = 0;
  #ready = false;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(JSON.parse(line) as Line));
    child.stderr.on('data', (data) => {
      this.said = (this.said + String(data)).slice(-20_000);
    });
    child.stdin.on('error', () => {});
  }

  static async start(): Promise<JavaDevices> {
    const [java, ...options] = javaHarness;
    const child = spawn(java!, options, { stdio: ['pipe', 'pipe', 'pipe'] });
    const devices = new JavaDevices(child);
    await waitFor('the harness is ready', () => devices.#ready, 30_000).catch(async (error: unknown) => {
      await devices.stop();
      throw new Error(`the harness did not start: ${devices.said}`, { cause: error });
    });
    return devices;
  }

  device(name: string): JavaDevice {
    let device = this.#devices.get(name);
    if (device === undefined) {
      device = new JavaDevice();
      this.#devices.set(name, device);
    }
    return device;
  }

  /** Gives a command to a device. @throws Error with the code, if it fails */
  async command(device: string, command: string, given: Record<string, unknown> = {}): Promise<void> {
    const n = ++this.#count;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<Line>((resolve, reject) => {
      this.#waiting.set(n, resolve);
      timer = setTimeout(() => reject(new Error(`${command}: no result within ${resultMs} ms`)), resultMs);
    });
    this.#child.stdin.write(`${JSON.stringify({ n, d: device, c: command, ...given })}\n`);
    const { ok, code, message } = await answer.finally(() => clearTimeout(timer));
    this.#waiting.delete(n);
    if (!ok) throw new Error(`${command}: ${code}: ${message}`);
  }

  /** Ends the process without a word to it, as a system that kills an app. May be called twice. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  #take(line: Line): void {
    if (line.e === 'ready') this.#ready = true;
    else if (line.e === 'result') this.#waiting.get(line.n!)?.(line);
    else this.#tell(this.device(line.d ?? ''), line);
  }

  #tell(device: JavaDevice, line: Line): void {
    if (line.e === 'push') device.pushes.push(line as unknown as JavaPush);
    if (line.e === 'cid') device.cids.push(line['cid'] as string);
    if (line.e === 'status') {
      device.status = line['status'] as string;
      device.reason = line['reason'] as string | undefined;
    }
  }
}
