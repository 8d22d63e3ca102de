import { LongwireError } from '../errors.ts';
import { watchStalls } from './stall-watch.ts';
import { type CallStream, openStream } from './stream-client.ts';

export interface StreamPoolOptions {
  url: string;
  secret: string;
  /** Streams kept at the most. */
  streams: number;
  /** Age at which a stream is replaced. */
  ttlMs: number;
  /** Of opening one. */
  connectMs: number;
}

interface Slot {
  stream?: CallStream;
  opening?: Promise<CallStream | undefined> | undefined;
  /** When the stream's time is over; when one may be opened again after a failure. Monotonic, ms. */
  untilMs: number;
  againMs: number;
}

/** Calls under way at the most, and bytes of calls that are not taken; one more is refused. */
const maxUnderWay = 20_000;
const maxWaitingBytes = 64 * 1024 * 1024;
/** Streams that are opened at the most to find one of an instance that has fewer: one of four is missed once in a thousand times. */
const maxDials = 24;
/** The same where one instance is known: it may be the only one. */
const maxDialsToOne = 3;
/** How often deadlines are looked at: a call may be late by as much. */
const tickMs = 25;
/** After a failure a slot is left alone for so long, if another one has a stream. */
const restMs = 250;

/**
 * A few streams to one address. All calls of one turn of the event loop take the same stream, so that they go out with one write; each
 * turn takes any of them, so that instances behind one address share the work. A stream is replaced at its age, so that instances that
 * came later get their share.
 */
export class StreamPool {
  #options: StreamPoolOptions;
  #slots: Slot[];
  #leaving = new Set<CallStream>();
  #turn = 0;
  #turning = false;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Until when the other side is taken to know no streams. */
  #refusedMs = 0;
  /** Until when all instances are taken to be known: as many dials as may be made found no other one. */
  #allKnownMs = 0;
  #closed = false;
  #endWatch: () => void;

  constructor(options: StreamPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.streams }, () => ({ untilMs: 0, againMs: 0 }));
    this.#endWatch = watchStalls(() => this.#destroyAll());
  }

  /**
   * Answers undefined where the other side knows no streams.
   *
   * @throws LongwireError as `CallStream.call` and `openStream` do; `overloaded` at the bound.
   */
  async call(name: string, body: string, timeoutMs: number): Promise<{ answer: unknown } | undefined> {
    if (performance.now() < this.#refusedMs) return undefined;
    if (this.#underWay >= maxUnderWay) {
      throw new LongwireError('overloaded', `${name}: more than ${maxUnderWay} calls are under way`);
    }
    const endMs = performance.now() + timeoutMs;
    this.#underWay++;
    this.#timer ??= setInterval(this.#tick, tickMs).unref();
    try {
      const stream = this.#openStream() ?? (await withTimeout(this.#anyStream(), timeoutMs, name));
      if (!stream) return undefined;
      if (stream.waitingBytes > maxWaitingBytes) {
        throw new LongwireError('overloaded', `${name}: more than ${maxWaitingBytes} bytes are waiting`);
      }
      return { answer: await stream.call(name, body, endMs - performance.now()) };
    } finally {
      this.#underWay--;
      // Here too: it would wake up a process that is at rest once more for each call.
      this.#restTimer();
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#endWatch();
    this.#destroyAll();
  }

  #destroyAll(): void {
    for (const { stream } of this.#slots) stream?.destroy();
    for (const stream of this.#leaving) stream.destroy();
  }

  /** The stream of this turn, or another one while that is not open. */
  #openStream(): CallStream | undefined {
    if (!this.#turning) {
      this.#turning = true;
      // Not one after the other: a caller whose turns take turns, small calls and large ones, would keep the large ones for one instance.
      this.#turn = Math.floor(Math.random() * this.#slots.length);
      setImmediate(() => {
        this.#turning = false;
      });
    }
    const slot = this.#slots[this.#turn]!;
    const nowMs = performance.now();
    if ((!slot.stream?.open || nowMs >= slot.untilMs) && nowMs >= slot.againMs) this.#renew(slot);
    if (slot.stream?.open) return slot.stream;
    return this.#slots.find(({ stream }) => stream?.open)?.stream;
  }

  /** The stream of this turn once it is open: for when none is. */
  #anyStream(): Promise<CallStream | undefined> {
    return this.#renew(this.#slots[this.#turn]!);
  }

  /** Opens a stream for a slot; the one before serves until then, and what is under way on it is answered. */
  #renew(slot: Slot): Promise<CallStream | undefined> {
    if (slot.opening) return slot.opening;
    const opening = this.#open(slot).finally(() => {
      slot.opening = undefined;
    });
    slot.opening = opening;
    // Where nobody waits for it.
    opening.catch(() => {});
    return opening;
  }

  async #open(slot: Slot): Promise<CallStream | undefined> {
    const { ttlMs } = this.#options;
    let stream: CallStream | undefined;
    try {
      stream = await this.#dial(slot);
    } catch (error) {
      slot.againMs = performance.now() + restMs;
      throw error;
    }
    if (this.#closed) stream?.destroy();
    if (this.#closed) throw new LongwireError('unavailable', 'closed');
    const nowMs = performance.now();
    if (!stream) {
      this.#refusedMs = nowMs + ttlMs;
      return undefined;
    }
    if (slot.stream) {
      slot.stream.leave();
      this.#leaving.add(slot.stream);
    }
    slot.stream = stream;
    // Not all at once.
    slot.untilMs = nowMs + ttlMs * (0.75 + Math.random() / 2);
    return stream;
  }

  /** Opens a stream, to one of the instances that the other slots have fewest streams of: so all get the same share. */
  async #dial(slot: Slot): Promise<CallStream | undefined> {
    const { url, secret, connectMs, ttlMs } = this.#options;
    let best = await openStream(url, secret, connectMs);
    for (let dials = 1; best; dials++) {
      // Anew each time: other slots are dialled for meanwhile.
      const { countOf, fewest, known } = this.#countStreams(slot);
      if (countOf(best) <= fewest) break;
      if (dials >= (known > 1 ? maxDials : maxDialsToOne)) {
        this.#allKnownMs = performance.now() + ttlMs;
        break;
      }
      const next = await openStream(url, secret, connectMs).catch(() => undefined);
      if (!next) break;
      const worse = countOf(next) < countOf(best) ? best : next;
      best = worse === best ? next : best;
      worse.destroy();
    }
    return best;
  }

  /** Streams that the other slots have of each instance, the fewest that there may be of one, and how many instances are known. */
  #countStreams(slot: Slot): { countOf: (stream: CallStream) => number; fewest: number; known: number } {
    const counts = new Map<string | undefined, number>();
    for (const other of this.#slots) {
      if (!other.stream?.open) continue;
      const { instance } = other.stream;
      counts.set(instance, (counts.get(instance) ?? 0) + (other === slot ? 0 : 1));
    }
    const allKnown = performance.now() < this.#allKnownMs;
    return {
      countOf: ({ instance }) => counts.get(instance) ?? 0,
      fewest: allKnown ? Math.min(...counts.values()) : 0,
      known: counts.size,
    };
  }

  #tick = (): void => {
    const nowMs = performance.now();
    for (const { stream } of this.#slots) stream?.expire(nowMs);
    for (const stream of this.#leaving) {
      stream.expire(nowMs);
      if (stream.underWay === 0) this.#leaving.delete(stream);
    }
    this.#restTimer();
  };

  #restTimer(): void {
    if (this.#underWay > 0 || this.#leaving.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** @throws LongwireError `timeout` */
async function withTimeout<T>(opening: Promise<T>, timeoutMs: number, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LongwireError('timeout', `${name}: no connection in time`)), timeoutMs);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}
