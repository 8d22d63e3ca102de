import { setTimeout as sleep } from 'node:timers/promises';
import { type LongwireError, toLongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import type { App } from '../../common/protocol/app.ts';
import type { CallbackMetrics } from '../metrics.ts';
import type { Aliases } from './aliases.ts';
import { bodyOf, maxLines, type Told } from './lines.ts';

/** Sends a body and answers the HTTP status. @throws LongwireError retryable, if no answer came; `bad_request`, if the URL may not be called. */
export type Post = (url: string, body: string) => Promise<number>;

export interface LaneDeps {
  post: Post;
  /** The app as it is now, or as it was last read. @throws LongwireError if it never could be. */
  find: (appId: string) => Promise<App | null>;
  aliases: Pick<Aliases, 'of'>;
  /** Pauses between tries, ms: one more try than these. Each is cut short at random, to half at the most. */
  pausesMs: readonly number[];
  /** An upstream that takes longer than this for a body isn't waited for. */
  promptMs: number;
  /** Aborted at the end of a stop: what still waits is dropped. */
  stopped: AbortSignal;
  /** Told of each try, for whoever asks how they went. */
  onTry: (app: string, outcome: { status: number } | { error: LongwireError }, records: number) => void;
  metrics: CallbackMetrics;
  log: Logger;
}

interface LaneObserver {
  /** So many receipts no longer wait. */
  done(count: number): void;
  idle(): void;
}

export type DropReason = 'unreachable' | 'refused' | 'overflow' | 'stopped' | 'ended';

/**
 * What one app is told of the events of one partition: one body after another, so that order holds. A task's receipts are
 * all in one partition.
 *
 * - CB1 Each body is tried until it is answered, a given number of times, with pauses; then it is dropped, and the next goes.
 */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #appId: string;
  readonly #observer: LaneObserver;
  #waiting: Told[] = [];
  #idle: PromiseWithResolvers<void> | undefined;
  #reachable = true;
  #prompt = true;

  constructor(appId: string, deps: LaneDeps, observer: LaneObserver) {
    this.#appId = appId;
    this.#deps = deps;
    this.#observer = observer;
  }

  /** Whether its upstream took the last body in time: such a one is worth waiting for. */
  get prompt(): boolean {
    return this.#prompt;
  }

  /** Said by whoever waited for it in vain; holds until a body is taken in time again. */
  late(): void {
    this.#prompt = false;
  }

  get busy(): boolean {
    return this.#idle !== undefined;
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    return this.#idle?.promise ?? Promise.resolve();
  }

  add(told: Told): void {
    this.#waiting.push(told);
    if (this.#idle) return;
    this.#idle = Promise.withResolvers();
    void this.#run();
  }

  async #run(): Promise<void> {
    // What is added in the same turn goes in one body.
    await undefined;
    while (this.#waiting.length > 0) {
      const part = this.#take();
      await this.#deliver(part);
      this.#observer.done(countOf(part));
    }
    const idle = this.#idle;
    this.#idle = undefined;
    this.#observer.idle();
    idle?.resolve();
  }

  /** What fits into one body, from the front. */
  #take(): Told[] {
    const part: Told[] = [];
    let left = maxLines;
    let whole = 0;
    for (const told of this.#waiting) {
      if (told.cids.length > left) break;
      part.push(told);
      left -= told.cids.length;
      whole++;
    }
    this.#waiting.splice(0, whole);
    const next = this.#waiting[0];
    if (next && left > 0) {
      part.push({ ...next, cids: next.cids.slice(0, left) });
      this.#waiting[0] = { ...next, cids: next.cids.slice(left) };
    }
    return part;
  }

  /** Never rejects. */
  async #deliver(part: Told[]): Promise<void> {
    const { aliases, metrics, pausesMs, stopped, promptMs, onTry } = this.#deps;
    const cids = part.flatMap((told) => told.cids);
    const found = stopped.aborted ? new Map<string, string>() : await aliases.of(this.#appId, cids);
    for (let tries = 1; !stopped.aborted; tries++) {
      const startedMs = performance.now();
      try {
        const app = await this.#deps.find(this.#appId);
        if (app?.callbackUrl === undefined || app.disabled) return this.#drop('ended', cids.length);
        const status = await this.#deps.post(app.callbackUrl, bodyOf(app, part, found));
        onTry(this.#appId, { status }, cids.length);
        metrics.delivered.inc({ answer: `${Math.floor(status / 100)}xx` }, cids.length);
        this.#prompt = performance.now() - startedMs <= promptMs;
        this.#reached(true);
        return;
      } catch (error) {
        const known = toLongwireError(error, 'unavailable');
        this.#prompt = false;
        if (stopped.aborted) break;
        onTry(this.#appId, { error: known }, cids.length);
        this.#reached(false, known);
        if (!known.retryable) return this.#drop('refused', cids.length);
        const pauseMs = pausesMs[tries - 1];
        if (pauseMs === undefined) return this.#drop('unreachable', cids.length);
        await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: stopped }).catch(() => {});
      }
    }
    this.#drop('stopped', cids.length);
  }

  #drop(reason: DropReason, count: number): void {
    this.#deps.metrics.dropped.inc({ reason }, count);
  }

  /** Logged when it changes, as an upstream may be away for days. */
  #reached(reachable: boolean, err?: unknown): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    const log = this.#deps.log.child({ app: this.#appId });
    if (reachable) log.info('the callback of an app is reached again');
    else log.warn({ err }, 'the callback of an app cannot be reached');
  }
}

function countOf(part: Told[]): number {
  return part.reduce((sum, { cids }) => sum + cids.length, 0);
}
