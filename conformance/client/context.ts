import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFrames } from '../../services/common/protocol/device-frames.ts';
import { type Checks, expect } from '../check.ts';
import { type Command, Harness, type HarnessEvent, resultMs } from './harness.ts';
import { frameMs, type Line, ScriptedServer } from './scripted-server.ts';

export const quick = { minBackoffMs: 10, maxBackoffMs: 200 };
/** Longer than any wait of `quick`, several times over. */
const awayMs = 1_000;

/** What all checks of a run share. */
export interface ClientRun {
  command: string[];
  /** For folders of state. */
  folder: string;
  /** Frames of the SDK that don't fit. */
  faults: string[];
  /** Waits between tries of an SDK that is refused, ms; measured once. */
  waits?: Promise<number[]>;
}

type PushEvent = Extract<HarnessEvent, { e: 'push' }>;

/** What one check has: a server of its own, a harness, and a folder for the SDK's state. */
export class ClientContext {
  readonly run: ClientRun;
  readonly server: ScriptedServer;
  readonly tag = randomBytes(5).toString('hex');
  readonly app = { appId: `app_${this.tag}`, appSecret: randomBytes(16).toString('hex') };
  readonly identity = { cid: randomBytes(16).toString('hex'), token: randomBytes(24).toString('base64url') };
  #harness: Harness;
  #folder: string;
  #tuning: object = quick;

  private constructor(run: ClientRun, server: ScriptedServer, harness: Harness) {
    this.run = run;
    this.server = server;
    this.#harness = harness;
    this.#folder = this.newFolder();
  }

  static async begin(run: ClientRun, idle: Harness | undefined): Promise<ClientContext> {
    const harness = idle === undefined || idle.gone ? await Harness.start(run.command) : idle;
    harness.forget();
    const server = await ScriptedServer.start((fault) => {
      if (run.faults.length < 100) run.faults.push(fault);
    });
    return new ClientContext(run, server, harness);
  }

  /** Ends the scenario. @returns the harness, for the next one; undefined if it is of no use any more */
  async end(): Promise<Harness | undefined> {
    const harness = this.#harness;
    try {
      if (!harness.gone) {
        await harness.result(harness.give('release'));
        await harness.result(harness.give('stop'));
      }
    } catch {
      await harness.end();
    } finally {
      await this.server.stop();
    }
    return harness.gone ? undefined : harness;
  }

  newFolder(): string {
    this.#folder = join(this.run.folder, randomBytes(8).toString('hex'));
    mkdirSync(this.#folder);
    return this.#folder;
  }

  /** Starts the SDK on the state that it had. */
  async start(tuning: object = this.#tuning): Promise<void> {
    this.#tuning = tuning;
    await this.#harness.command('start', { url: this.server.url, ...this.app, state: this.#folder, tuning });
  }

  command(c: Command, fields: object = {}): Promise<void> {
    return this.#harness.command(c, fields);
  }

  /** The result of a command, also of one that is refused. */
  async asked(c: Command, fields: object = {}): Promise<{ ok: boolean; code?: string }> {
    return this.#harness.result(this.#harness.give(c, fields), resultMs);
  }

  /** The app's process is killed, and is there again. */
  async crash(): Promise<void> {
    await this.#harness.crash();
    if (!this.#harness.gone) return;
    this.#harness = await Harness.start(this.run.command);
  }

  /** The next connection, let in. */
  async enter(welcome: Partial<ServerFrames['welcome']> = {}) {
    const line = await this.server.next();
    return { line, ...(await line.enter({ ...this.identity, welcome })) };
  }

  /** Starts the SDK, and lets it in. */
  async online(welcome: Partial<ServerFrames['welcome']> = {}, tuning?: object) {
    await this.start(tuning);
    return this.enter(welcome);
  }

  /** Stops the SDK, starts it on the same state, and lets it in. */
  async restart(welcome: Partial<ServerFrames['welcome']> = {}) {
    await this.command('stop');
    await this.start();
    return this.enter(welcome);
  }

  /** A message; its id is made of its name. */
  push(name: string, position: { seq?: number; bseq?: number }, content: object = { transmission: name }): object {
    const at = Date.now();
    return {
      t: 'push',
      id: this.idOf(name),
      task: this.taskOf(name),
      ...position,
      at,
      exp: at + 7_200_000,
      ...content,
    };
  }

  idOf(name: string): string {
    return `${this.taskOf(name)}.m`;
  }

  taskOf(name: string): string {
    return `t_${this.tag}_${name}`;
  }

  /** What the app was given of this scenario, by name. */
  get given(): string[] {
    return this.#pushes().map(({ task }) => task.slice(this.taskOf('').length));
  }

  pushEvent(name: string, limitMs = frameMs): Promise<PushEvent> {
    return this.#harness.until(
      `the app gets ${name}`,
      () => this.#pushes().find(({ task }) => task === this.taskOf(name)),
      limitMs,
    );
  }

  cidEvent(): Promise<true> {
    const { cid } = this.identity;
    return this.#harness.until(
      'the app is told its cid',
      () => this.#harness.events.some((event) => event.e === 'cid' && event.cid === cid),
      frameMs,
    );
  }

  /** Forgets what the app was given so far. */
  forget(): void {
    this.#harness.forget();
  }

  status(wanted: 'connected' | 'stopped' | 'waiting', limitMs = frameMs): Promise<true> {
    return this.#harness.until(
      `the app hears that it is ${wanted}`,
      () => this.#harness.events.some((event) => event.e === 'status' && event.status === wanted),
      limitMs,
    );
  }

  /** @throws Broken if the SDK comes back, or the app doesn't hear that it has stopped */
  async staysAway(): Promise<void> {
    const before = this.server.attempts.length;
    await this.status('stopped');
    await sleep(awayMs);
    const more = this.server.attempts.length - before;
    expect(more === 0, `it came back ${more} times within ${awayMs} ms`);
  }

  /** @throws Broken unless the next connection logs in as the same device */
  async comesBack(): Promise<Line> {
    const { line, register, login } = await this.enter();
    expect(register === undefined, 'it registered anew');
    expect(login.cid === this.identity.cid, `it logged in as ${login.cid}`);
    return line;
  }

  #pushes(): PushEvent[] {
    return this.#harness.events.filter(
      (event): event is PushEvent => event.e === 'push' && event.task.startsWith(this.taskOf('')),
    );
  }
}

export type ClientChecks = Checks<ClientContext>;
