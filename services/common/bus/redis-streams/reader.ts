import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import type { BusRecord } from '../bus.ts';
import type { Connection } from './connection.ts';
import { idBefore, type StreamsAnswer, toRecords } from './entries.ts';

export interface ReaderOptions {
  /** For XREAD alone, as it blocks; and for everything else. */
  blocking: Connection;
  commands: Connection;
  /** Resolves when what was read from this process can be handed out. */
  settled: (process: string) => Promise<void>;
  /** Key of a partition's stream. */
  keyOf: (partition: number) => string;
  /** A stream to watch beside, and who to tell when something was written to it. */
  changes: { key: string; onChange: () => void };
  maxBatch: number;
  /** How long one XREAD waits at the most. */
  blockMs: number;
}

interface Waiter {
  partition: number;
  offset: number;
  resolve: (records: BusRecord[] | undefined) => void;
}

/**
 * Waits on all idle partitions of a consumer with one blocking read. A partition that starts to wait meanwhile ends that
 * read with CLIENT UNBLOCK, so it is in the next one at once.
 */
export class Reader {
  #options: ReaderOptions;
  #waiters = new Map<number, Waiter>();
  #changeId = '0-0';
  #clientId: number | undefined;
  /** Counts reads; `#blocked` while one is under way, and `#wakeRound` is the last one that somebody came too late for. */
  #round = 0;
  #wakeRound = -1;
  #blocked = false;
  #unblocking = false;
  #closed = false;
  #done: Promise<void>;
  lastTurnMs = Date.now();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#done = this.#loop();
  }

  /** Records from `offset` on, as soon as there is one; undefined if the wait was cancelled. One wait a partition. */
  wait(partition: number, offset: number): Promise<BusRecord[] | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<BusRecord[] | undefined>();
    this.#waiters.set(partition, { partition, offset, resolve });
    this.#wakeRound = this.#round;
    if (this.#blocked && !this.#unblocking) void this.#unblock();
    return promise;
  }

  cancel(partition: number): void {
    this.#waiters.get(partition)?.resolve(undefined);
    this.#waiters.delete(partition);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const partition of [...this.#waiters.keys()]) this.cancel(partition);
    this.#options.blocking.close();
    await this.#done;
  }

  async #loop(): Promise<void> {
    await this.#options.blocking.firstReady();
    for (let failures = 0; !this.#closed; ) {
      this.lastTurnMs = Date.now();
      try {
        await this.#turn();
        failures = 0;
      } catch {
        // The connection reports its own faults; the next turn finds it back, or not.
        this.#clientId = undefined;
        this.#blocked = false;
        if (!this.#closed) await sleep(10 + backoffMs(failures++, 20, 250));
      }
    }
  }

  async #turn(): Promise<void> {
    const { blocking, changes, keyOf, maxBatch, blockMs } = this.#options;
    const process = blocking.processOf(changes.key);
    this.#clientId ??= Number(await blocking.callAt(changes.key, 'CLIENT', ['ID']));
    const asked = [...this.#waiters.values()];
    const keys = [changes.key, ...asked.map(({ partition }) => keyOf(partition))];
    const ids = [this.#changeId, ...asked.map(({ offset }) => idBefore(offset))];
    const args = ['COUNT', maxBatch, 'BLOCK', blockMs, 'STREAMS', ...keys, ...ids];
    this.#round++;
    this.#blocked = true;
    const answer = (await blocking.call('XREAD', args, blockMs + 5_000)) as StreamsAnswer;
    this.#blocked = false;
    if (!answer) return;
    const byKey = new Map(answer);
    const changed = byKey.get(changes.key)?.at(-1);
    if (changed) {
      this.#changeId = changed[0];
      changes.onChange();
    }
    if (byKey.size > (changed ? 1 : 0)) await this.#options.settled(process);
    for (const waiter of asked) {
      const entries = byKey.get(keyOf(waiter.partition));
      // Only for the wait that was asked for: it may have been cancelled, and be another one by now.
      // A stream that was made anew answers without entries.
      if (!entries || entries.length === 0 || this.#waiters.get(waiter.partition) !== waiter) continue;
      this.#waiters.delete(waiter.partition);
      waiter.resolve(toRecords(entries));
    }
  }

  /**
   * Ends the read under way. Repeats until it has ended: the two connections race, so a try may come before the read it is
   * to end, and a wait may begin while an answer is on its way.
   */
  async #unblock(): Promise<void> {
    this.#unblocking = true;
    try {
      while (this.#blocked && this.#wakeRound === this.#round && this.#clientId !== undefined) {
        await this.#options.commands.callAt(this.#options.changes.key, 'CLIENT', ['UNBLOCK', this.#clientId]);
        if (this.#blocked && this.#wakeRound === this.#round) await sleep(1);
      }
    } catch {
      // The read ends by itself after `blockMs`.
    } finally {
      this.#unblocking = false;
    }
  }
}
