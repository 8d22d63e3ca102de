import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../common/backoff.ts';
import type { LineLog } from '../common/line-log.ts';
import { type FailureReason, failureReasons, type Outcome } from './core/outcome.ts';
import type { RequestBuffer, WriteRequest } from './core/request-buffer.ts';

/** What became of a push, with what the main service or the connection said. */
export type Pushed = Outcome & { detail?: string };

export interface PusherOptions {
  /** Never rejects; has a deadline. */
  post: (body: Buffer) => Promise<Pushed>;
  /** Between tries: up to the first, then up to twice that, until the second. */
  retryMs?: [number, number];
}

const stoppingPauseMs = 500;

/**
 * Sends what waits, one request after another in its order. One that the main service may take later is tried until it does,
 * and holds up those behind it; one that it refuses is dropped.
 */
export class Pusher {
  readonly failures = Object.fromEntries(failureReasons.map((reason) => [reason, 0])) as Record<FailureReason, number>;
  #buffer: RequestBuffer;
  #options: Required<PusherOptions>;
  #log: LineLog;
  #wake: () => void = () => {};
  #stopping = new AbortController();
  #failed = 0;
  #done: Promise<void> | undefined;

  constructor(buffer: RequestBuffer, options: PusherOptions, log: LineLog) {
    this.#buffer = buffer;
    this.#options = { retryMs: [1_000, 30_000], ...options };
    this.#log = log;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Something waits. */
  wake(): void {
    this.#wake();
  }

  /** Goes on until nothing waits, or until `limitMs` are over. May be called twice. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await Promise.race([this.#done, sleep(limitMs, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    for (;;) {
      const request = this.#buffer.first;
      if (request) await this.#push(request);
      else if (this.#stopping.signal.aborted) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #push(request: WriteRequest): Promise<void> {
    const pushed = await this.#options.post(request.body);
    const { detail } = pushed;
    switch (pushed.is) {
      case 'done':
        this.#buffer.done(request);
        if (this.#failed > 0) this.#log.info({ tries: this.#failed }, 'the main service takes samples again');
        this.#failed = 0;
        break;
      case 'refused':
        this.failures.refused++;
        this.#buffer.drop(request);
        this.#log.error({ samples: request.samples, detail }, 'the main service refused samples, they are dropped');
        break;
      case 'later': {
        const { reason, afterMs = 0 } = pushed;
        this.failures[reason]++;
        if (this.#failed === 0) this.#log.warn({ reason, detail }, 'the main service takes no samples, they wait');
        await this.#pause(Math.max(afterMs, backoffMs(this.#failed++, ...this.#options.retryMs)));
        break;
      }
    }
  }

  /** In a stop it tries again soon, whatever the main service asked for. */
  async #pause(pauseMs: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) await sleep(Math.min(pauseMs, stoppingPauseMs));
    else await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}
