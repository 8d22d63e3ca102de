import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import { LongwireError } from '../../errors.ts';
import type { BusRecord } from '../bus.ts';
import type { Connection } from './connection.ts';
import { idBefore, type StreamsAnswer, toRecords } from './entries.ts';
import { bytesOf, ReadAhead } from './read-ahead.ts';

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
  /** Records of one partition handed over at once, and asked for in one read, at the most. */
  maxBatch: number;
  /** Least time from one read to the next, ms, unless there is more to read. */
  paceMs: number;
  /** Of other calls on the blocking connection, which wait for the XREAD before them: it blocks for half of this. */
  deadlineMs: number;
}

/** A read that brought more has the next one ask for fewer records of each partition. */
const maxReadBytes = 4_000_000;
/** An XREAD may be answered this much later than another call. */
const spareMs = 1_000;

/**
 * Reads ahead on all partitions of a consumer with one blocking read after another. A read is of all partitions that have room for
 * more. One that gets room, or is new, while a read without it waits, ends that read with CLIENT UNBLOCK: not so where the consumer
 * keeps up, as then each read is of all.
 */
export class Reader {
  #options: ReaderOptions;
  #partitions = new Map<number, ReadAhead>();
  #changeId = '0-0';
  #clientId: number | undefined;
  /** Records of each partition that a read asks for. */
  #count: number;
  /** What the read under way is of; undefined while there is none. */
  #asked: Set<ReadAhead> | undefined;
  #unblocking = false;
  #closed = false;
  #done: Promise<void>;
  lastTurnMs = Date.now();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#count = options.maxBatch;
    this.#done = this.#loop();
  }

  /**
   * Records from `offset` on, as soon as there is one; undefined if the wait was cancelled. One wait a partition. Another offset than the
   * one behind what was handed over last makes it read from there.
   */
  next(partition: number, offset: number): Promise<BusRecord[] | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    let ahead = this.#partitions.get(partition);
    if (ahead?.from !== offset) {
      this.cancel(partition);
      ahead = new ReadAhead(partition, offset, this.#options.maxBatch);
      this.#partitions.set(partition, ahead);
    }
    const records = ahead.next();
    if (this.#isLeftOut(ahead)) void this.#unblock();
    return records;
  }

  /** Ends a wait, and forgets what was read. */
  cancel(partition: number): void {
    this.#partitions.get(partition)?.close();
    this.#partitions.delete(partition);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const partition of [...this.#partitions.keys()]) this.cancel(partition);
    this.#options.blocking.close();
    await this.#done;
  }

  async #loop(): Promise<void> {
    await this.#options.blocking.firstReady();
    for (let failures = 0; !this.#closed; ) {
      this.lastTurnMs = Date.now();
      try {
        const mayRest = await this.#turn();
        failures = 0;
        const restMs = this.#options.paceMs - (Date.now() - this.lastTurnMs);
        if (mayRest && restMs > 0 && !this.#closed) await sleep(restMs);
      } catch {
        // The connection reports its own faults; the next turn finds it back, or not.
        this.#clientId = undefined;
        this.#asked = undefined;
        if (!this.#closed) await sleep(10 + backoffMs(failures++, 20, 250));
      }
    }
  }

  /** Answers whether there were records, and no more of them to read. */
  async #turn(): Promise<boolean> {
    const { blocking, changes, keyOf, deadlineMs, settled } = this.#options;
    const blockMs = Math.ceil(deadlineMs / 2);
    const process = this.#process();
    this.#clientId ??= Number(await blocking.callAt(changes.key, 'CLIENT', ['ID']));
    const asked = new Set([...this.#partitions.values()].filter(({ hasRoom }) => hasRoom));
    const keys = [changes.key, ...Array.from(asked, ({ partition }) => keyOf(partition))];
    const ids = [this.#changeId, ...Array.from(asked, ({ end }) => idBefore(end))];
    const args = ['COUNT', this.#count, 'BLOCK', blockMs, 'STREAMS', ...keys, ...ids];
    this.#asked = asked;
    const answer = (await blocking.call('XREAD', args, deadlineMs + spareMs)) as StreamsAnswer;
    this.#asked = undefined;
    if (!answer) return false;
    const byKey = new Map(answer);
    const changed = byKey.get(changes.key)?.at(-1);
    if (changed) {
      this.#changeId = changed[0];
      byKey.delete(changes.key);
      changes.onChange();
    }
    if (byKey.size > 0) await settled(process);
    let bytes = 0;
    let isMore = false;
    for (const ahead of asked) {
      const entries = byKey.get(keyOf(ahead.partition));
      // A stream that was made anew answers without entries.
      if (!entries || entries.length === 0) continue;
      const records = toRecords(entries);
      bytes += bytesOf(records);
      isMore ||= records.length >= this.#count;
      // It may have been cancelled meanwhile, and be read from elsewhere by now.
      if (this.#partitions.get(ahead.partition) === ahead) ahead.add(records);
    }
    this.#count = bytes > maxReadBytes ? Math.ceil(this.#count / 2) : Math.min(2 * this.#count, this.#options.maxBatch);
    return bytes > 0 && !isMore;
  }

  /**
   * Name of the process to read from. Also a replica would answer; it is the other connection that asks often who is the master.
   *
   * @throws LongwireError `unavailable` while the two don't agree.
   */
  #process(): string {
    const { blocking, commands, changes } = this.#options;
    const process = blocking.processOf(changes.key);
    if (process === commands.processOf(changes.key)) return process;
    blocking.suspect();
    throw new LongwireError('unavailable', 'bus: another Redis is the master');
  }

  #isLeftOut(ahead: ReadAhead): boolean {
    return this.#asked !== undefined && !this.#asked.has(ahead) && ahead.hasRoom;
  }

  /**
   * Ends the read under way, if it leaves out a partition that has room and isn't answered in a moment. Repeats until it has ended: the
   * two connections race, so a try may come before the read it is to end.
   */
  async #unblock(): Promise<void> {
    if (this.#unblocking) return;
    this.#unblocking = true;
    try {
      for (;;) {
        await sleep(1);
        const leftOut = [...this.#partitions.values()].some((ahead) => this.#isLeftOut(ahead));
        if (!leftOut || this.#clientId === undefined) return;
        await this.#options.commands.callAt(this.#options.changes.key, 'CLIENT', ['UNBLOCK', this.#clientId]);
      }
    } catch {
      // The read ends by itself in time.
    } finally {
      this.#unblocking = false;
    }
  }
}
