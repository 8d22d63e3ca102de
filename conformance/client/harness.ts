import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Broken } from '../check.ts';
import { Waiting } from '../waiting.ts';

/** What a harness tells by itself. */
export type HarnessEvent =
  | { e: 'ready'; sdk: string }
  | { e: 'status'; status: 'connecting' | 'connected' | 'waiting' | 'stopped'; reason?: string }
  | { e: 'cid'; cid: string }
  | { e: 'push'; id: string; task: string; kind: 'notification' | 'transmission' | 'revoke'; text?: string };

export interface HarnessResult {
  e: 'result';
  n: number;
  ok: boolean;
  code?: string;
  message?: string;
}

export type Command =
  | 'start'
  | 'stop'
  | 'crash'
  | 'logout'
  | 'alias'
  | 'tags'
  | 'channel'
  | 'event'
  | 'hold'
  | 'release';

const startMs = 30_000;
export const resultMs = 15_000;
const endMs = 3_000;
const maxEvents = 20_000;
const maxErrorText = 4_000;
const maxLine = 1_048_576;

/** The process of an SDK under test; docs/sdk-authors.md has the line protocol. */
export class Harness {
  readonly sdk: string;
  /** What it has told since `forget`, in order. */
  events: HarnessEvent[] = [];
  #child: ChildProcessWithoutNullStreams;
  #waiting: Waiting;
  #results: Map<number, HarnessResult>;
  #count = 0;
  #fault: () => string | undefined;

  private constructor(child: ChildProcessWithoutNullStreams, sdk: string, shared: Shared) {
    this.#child = child;
    this.sdk = sdk;
    this.#waiting = shared.waiting;
    this.#results = shared.results;
    this.#fault = shared.fault;
    shared.onEvent = (event) => {
      if (this.events.length < maxEvents) this.events.push(event);
    };
  }

  /** @throws Broken if it doesn't say that it is ready */
  static async start(command: string[]): Promise<Harness> {
    const [file, ...args] = command as [string, ...string[]];
    const child = spawn(file, args, { stdio: 'pipe' });
    let errorText = '';
    let ready: string | undefined;
    let fault: string | undefined;
    const waiting = new Waiting();
    const shared: Shared = { waiting, results: new Map(), fault: () => fault, onEvent: () => {} };
    const fail = (what: string): void => {
      fault ??= `${what}${errorText === '' ? '' : `; it said: ${errorText.trim().slice(-500)}`}`;
      waiting.changed();
    };
    child.on('error', (error) => fail(`${file} can't be run: ${error.message}`));
    child.on('close', (code, signal) => fail(`the harness ended with ${signal ?? code}`));
    child.stdin.on('error', () => {});
    child.stderr.on('data', (data) => {
      errorText = (errorText + String(data)).slice(-maxErrorText);
    });
    eachLine(child.stdout, (line) => {
      const told = readLine(line);
      if (told === undefined)
        return fail(`the harness printed a line that is none of the protocol: ${line.slice(0, 120)}`);
      if (told.e === 'ready') ready = told.sdk;
      else if (told.e === 'result') shared.results.set(told.n, told);
      else shared.onEvent(told);
      waiting.changed();
    });
    try {
      const sdk = await waiting.until('the harness says that it is ready', () => said(fault) ?? ready, startMs);
      return new Harness(child, sdk, shared);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get gone(): boolean {
    return this.#fault() !== undefined;
  }

  forget(): void {
    this.events = [];
  }

  /** Gives a command without waiting for its result. */
  give(c: Command | 'exit', fields: object = {}): number {
    const n = ++this.#count;
    this.#child.stdin.write(`${JSON.stringify({ n, c, ...fields })}\n`);
    return n;
  }

  result(n: number, limitMs = resultMs): Promise<HarnessResult> {
    return this.until(`a result of command ${n}`, () => this.#results.get(n), limitMs);
  }

  /** @throws Broken if it is refused */
  async command(c: Command, fields: object = {}): Promise<void> {
    const { ok, code, message } = await this.result(this.give(c, fields));
    if (!ok) throw new Broken(`the harness answered ${c} with ${code ?? 'no code'}: ${message ?? ''}`);
  }

  /** Its result, or its end: a harness may well kill itself. */
  async crash(): Promise<void> {
    const n = this.give('crash');
    await this.#waiting.until('the harness crashes', () => this.gone || this.#results.has(n), resultMs);
  }

  until<Found>(what: string, found: () => Found | undefined | false, limitMs: number): Promise<Found> {
    return this.#waiting.until(
      what,
      () => said(this.#fault()) ?? found(),
      limitMs,
      () =>
        `last it told ${
          this.events
            .slice(-3)
            .map((event) => JSON.stringify(event).slice(0, 120))
            .join(' ') || 'nothing'
        }`,
    );
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    if (!this.gone) this.give('exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), endMs);
    await ended;
    clearTimeout(timer);
  }
}

interface Shared {
  waiting: Waiting;
  results: Map<number, HarnessResult>;
  fault: () => string | undefined;
  onEvent: (event: Exclude<HarnessEvent, { e: 'ready' }>) => void;
}

/** Calls with each line; one that is too long is given up at its bound, as a line of its own. */
function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > maxLine) lines.push(rest);
    if (rest.length > maxLine) rest = '';
    for (const line of lines) take(line);
  });
}

/** @throws Broken with the fault, if there is one */
function said(fault: string | undefined): undefined {
  if (fault !== undefined) throw new Broken(fault);
}

function readLine(line: string): HarnessEvent | HarnessResult | undefined {
  try {
    const value = JSON.parse(line) as { e?: unknown } | null;
    const known = ['ready', 'result', 'status', 'cid', 'push'];
    return known.includes(String(value?.e)) ? (value as HarnessEvent | HarnessResult) : undefined;
  } catch {
    return undefined;
  }
}
