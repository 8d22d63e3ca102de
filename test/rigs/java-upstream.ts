import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunFile } from '../../scripts/up/run-file.ts';
import { type Availability, fetchJars, jarsAvailable } from './maven.ts';

const folder = fileURLToPath(new URL('../compat/java/', import.meta.url));
const pom = join(folder, 'pom.xml');
const stepMs = 30_000;
const exec = promisify(execFile);

/** What the SDK answered to a step. */
export interface StepAnswer {
  code: number;
  msg: string;
  /** As the SDK parsed it, held to the types it promises. */
  data: unknown;
}

/** Whether the official Java SDK can be had here, and a compiler; fetches its jars the first time. */
export async function javaSdkAvailable(): Promise<Availability> {
  try {
    await exec('javac', ['-version']);
  } catch {
    return { ok: false, reason: 'javac can not be run' };
  }
  return jarsAvailable('getui-sdk', pom);
}

/** An upstream on Getui's official Java SDK: the program under `test/compat/java`, in a process of its own. */
export class JavaUpstream {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #classes: string;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, classes: string) {
    this.#child = child;
    this.#classes = classes;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Compiles and starts it; the SDK authenticates at once. @throws Error with what it said, if it can't. */
  static async start(run: RunFile): Promise<JavaUpstream> {
    const jars = join(await fetchJars('getui-sdk', pom), '*');
    const classes = mkdtempSync(join(tmpdir(), 'longwire-java-'));
    const sources = readdirSync(folder).filter((name) => name.endsWith('.java'));
    const compile = ['--release', '17', '-cp', jars, '-d', classes, ...sources];
    await exec('javac', compile, { cwd: folder, timeout: 120_000 });
    const { appId, appKey, masterSecret } = run.app;
    const options = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${classes}:${jars}`];
    const child = spawn('java', [...options, 'Upstream', run.api, appId, appKey, masterSecret], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const upstream = new JavaUpstream(child, classes);
    try {
      await upstream.#answer('built');
      return upstream;
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  /** Runs one step; one at a time. @throws Error with what the SDK threw. */
  step(name: string, given: Record<string, unknown> = {}): Promise<StepAnswer> {
    this.#child.stdin.write(`${JSON.stringify({ step: name, ...given })}\n`);
    return this.#answer(name);
  }

  /** The `data` of a step that succeeds. @throws Error with the code, where it doesn't. */
  async data<Data>(name: string, given: Record<string, unknown> = {}): Promise<Data> {
    const answer = await this.step(name, given);
    if (answer.code !== 0) throw new Error(`${name}: ${answer.code} ${answer.msg}`);
    return answer.data as Data;
  }

  /** Ends the program. May be called twice. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.#classes, { recursive: true, force: true });
  }

  async #answer(name: string): Promise<StepAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${name}: no answer within ${stepMs} ms`)), stepMs);
    });
    const line = await Promise.race([this.#lines.next(), late]).finally(() => clearTimeout(timer));
    if (line.done) throw new Error(`${name}: the program ended`);
    const answer = JSON.parse(line.value) as StepAnswer & { step: string; fault?: string };
    if (answer.step !== name) throw new Error(`${name}: answered ${line.value}`);
    if (answer.fault !== undefined) throw new Error(`${name}: ${answer.fault}`);
    return answer;
  }
}
