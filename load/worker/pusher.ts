import { setTimeout as sleep } from 'node:timers/promises';
import { arrivals } from '../core/arrivals.ts';
import { type Counts, countReason } from '../core/counts.ts';
import type { FanOut, FanOutOutcome } from '../core/fan-out-account.ts';
import type { Latency } from '../core/latency.ts';
import type { WorkerTask } from '../core/messages.ts';
import { type Kind, pickKind } from '../core/mix.ts';
import { type Random, seededRandom } from '../core/random.ts';
import type { Answer, ApiClient } from '../edges/api-client.ts';
import { nowUs } from '../edges/clock.ts';

/** Pushes that have no answer yet, over all workers; one that is due beyond that is skipped. */
export const maxInFlight = 5_000;
/** Tries of a push that gets no clear answer, all with the same request_id. */
const maxTries = 5;
const retryMinMs = 100;

/** One push: what is asked of the API, and who is to be told of the outcome. */
export interface Attempt {
  kind: Kind;
  /** Its requests, one after another. Called again from its begin when there is no clear answer. */
  ask: () => Promise<Answer>;
  sent: (nowUs: number) => void;
  accepted: (answer: Answer, nowUs: number) => void;
  refused: () => void;
  unclear: () => void;
}

export interface PusherParts {
  task: WorkerTask;
  api: ApiClient;
  counts: Counts;
  accept: Latency;
  send: Latency;
  /** Undefined if the account has no room for it. */
  attempt: (kind: Kind, dueUs: number, random: Random) => Attempt | undefined;
}

export type TellFanOut = (push: FanOut, outcome: FanOutOutcome) => void;

/** Sends pushes when they are due, whatever became of those before. */
export class Pusher {
  #parts: PusherParts;
  #maxInFlight: number;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #random: Random;

  constructor(parts: PusherParts) {
    const { worker, workers, shape } = parts.task;
    this.#parts = parts;
    this.#maxInFlight = Math.ceil(maxInFlight / workers);
    this.#random = seededRandom(shape.seed + worker * 7_919);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Pushes at this worker's share of the rate. Both are times of `nowUs`. */
  start(fromUs: number, untilUs: number): void {
    const { shape, worker, workers } = this.#parts.task;
    const times = arrivals({
      rate: shape.pushRate / workers,
      spacing: shape.spacing,
      random: this.#random,
      phase: worker / workers,
    });
    let dueUs = fromUs + times.next().value;
    const pushDue = (): void => {
      for (; dueUs <= nowUs() && dueUs < untilUs; dueUs = fromUs + times.next().value) void this.#push(dueUs);
      if (dueUs < untilUs) this.#timer = setTimeout(pushDue, Math.max(0, (dueUs - nowUs()) / 1_000));
    };
    pushDue();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #push(dueUs: number): Promise<void> {
    const { counts, accept, send } = this.#parts;
    const kind = pickKind(this.#parts.task.shape.mix, this.#random);
    const ofKind = counts.pushes[kind];
    ofKind.scheduled++;
    const attempt = this.#inFlight < this.#maxInFlight ? this.#parts.attempt(kind, dueUs, this.#random) : undefined;
    if (!attempt) {
      ofKind.skipped++;
      return;
    }
    this.#inFlight++;
    const now = nowUs();
    send.record(now - dueUs);
    attempt.sent(now);
    const answer = await this.#ask(attempt);
    this.#inFlight--;
    if (!answer) {
      ofKind.failed++;
      attempt.unclear();
    } else if (answer.code !== 0) {
      ofKind.refused++;
      countReason(counts.refusals, String(answer.code));
      attempt.refused();
    } else {
      const answered = nowUs();
      ofKind.accepted++;
      accept.record(answered - dueUs);
      attempt.accepted(answer, answered);
    }
  }

  /** Undefined if there was no clear answer to any try. */
  async #ask(attempt: Attempt): Promise<Answer | undefined> {
    for (let tries = 1; ; tries++) {
      const answer = await attempt.ask().catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      if (tries === maxTries) return undefined;
      this.#parts.counts.retried++;
      await sleep(retryMinMs * 2 ** (tries - 1) * (0.5 + Math.random()));
    }
  }
}
