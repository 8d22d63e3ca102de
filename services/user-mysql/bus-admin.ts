import { randomBytes } from 'node:crypto';
import type { Bus, BusRecord } from '../common/bus/bus.ts';
import { withDeadline } from '../common/bus/deadline.ts';
import { recordReader } from '../common/bus/record-reader.ts';
import { LongwireError } from '../common/errors.ts';
import {
  type BusAdminCalls,
  DeadLetterEnd,
  DeadLetterHead,
  type DeadLetterSummary,
  maxListedLetters,
} from '../common/protocol/bus-admin-calls.ts';
import type { topicsOf } from '../common/protocol/topics.ts';
import type { Handlers } from '../common/rpc/contract.ts';

const readHead = recordReader(DeadLetterHead);
const readEnd = recordReader(DeadLetterEnd);
/** Records that one look at the topic takes at once, and how long it may take. */
const readBatch = 50;
const readMs = 25_000;

/** Answers operators' questions of the bus. */
export function createBusAdmin(bus: Bus, { dead, ...consumed }: ReturnType<typeof topicsOf>): Handlers<BusAdminCalls> {
  const topics = Object.values(consumed);

  /** Reads the topic of dead letters from an offset to its present end, as a group that is forgotten afterwards. */
  async function read(
    from: number,
    visit: (record: BusRecord) => void,
    until = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const [range] = await bus.ranges(dead);
    const end = Math.min(range?.end ?? 0, until);
    const begin = Math.max(from, range?.begin ?? 0);
    if (begin >= end) return;
    const group = `${dead}-reader-${randomBytes(8).toString('hex')}`;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const consumer = await bus.consume({
      topic: dead,
      group,
      maxBatch: readBatch,
      onStart: async () => begin,
      onBatch: async ({ records }) => {
        for (const record of records) if (record.offset < end) visit(record);
        if (records.at(-1)!.offset >= end - 1) resolve();
      },
    });
    try {
      await withDeadline(done, readMs, 'reading dead letters');
    } finally {
      await consumer.stop();
      await bus.forgetGroup(dead, group).catch(() => {});
    }
  }

  /** What was not dealt with: the latest letter of each record, the newest of them. */
  async function open(): Promise<DeadLetterSummary[]> {
    const letters = new Map<string, DeadLetterSummary>();
    await read(0, ({ offset: id, key, timeMs: setAsideAt }) => {
      const head = readHead(key);
      if (head) {
        const record = `${head.topic} ${head.partition} ${head.offset} ${head.group}`;
        letters.delete(record);
        letters.set(record, { ...head, id, setAsideAt });
      }
      const ends = readEnd(key)?.ends;
      if (ends !== undefined) {
        for (const [record, letter] of letters) if (letter.id === ends) letters.delete(record);
      }
      if (letters.size > maxListedLetters) letters.delete(letters.keys().next().value!);
    });
    return [...letters.values()];
  }

  async function find(id: number) {
    let found: (DeadLetterSummary & { value: string }) | undefined;
    const visit = ({ offset, key, value, timeMs: setAsideAt }: BusRecord): void => {
      const head = offset === id ? readHead(key) : undefined;
      if (head) found = { ...head, id, setAsideAt, value };
    };
    await read(id, visit, id + 1);
    return found;
  }

  async function openLetter(id: number): Promise<DeadLetterSummary> {
    const letter = (await open()).find((one) => one.id === id);
    if (!letter) throw new LongwireError('not_found', `there is no open dead letter ${id}`);
    return letter;
  }

  const end = (id: number): Promise<unknown> =>
    bus.publish(dead, [{ partition: 0, key: JSON.stringify({ ends: id }), value: '' }]);

  return {
    async busGroups() {
      const found = await Promise.all(
        topics.map(async (topic) => (await bus.groups(topic)).map((group) => ({ topic, ...group }))),
      );
      return { groups: found.flat() };
    },
    async forgetBusGroup({ topic, group }) {
      if (!topics.includes(topic)) {
        throw new LongwireError('not_found', `there is no topic ${topic}: allowed are ${topics.join(', ')}`);
      }
      await bus.forgetGroup(topic, group);
      return {};
    },
    deadLetters: async () => ({ letters: await open() }),
    deadLetter: async ({ id }) => ({ letter: (await find(id)) ?? null }),
    async putBackDeadLetter({ id }) {
      await openLetter(id);
      const letter = await find(id);
      if (!letter || letter.withoutValue) {
        throw new LongwireError('conflict', `the record of dead letter ${id} was too large to be kept`);
      }
      const { topic, partition, key, value } = letter;
      if (!topics.includes(topic)) {
        throw new LongwireError('conflict', `topic ${topic} is of an earlier generation: nobody reads it any more`);
      }
      await bus.publish(topic, [{ partition, key, value: asNew(value, id) }]);
      await end(id);
      return {};
    },
    async dropDeadLetter({ id }) {
      await openLetter(id);
      await end(id);
      return {};
    },
  };
}

/**
 * The record with another id, where it has one: under its own it may be remembered at the position where it failed, and be passed over. A repeat makes the same
 * one, so it is recognised.
 */
function asNew(value: string, letter: number): string {
  try {
    const record = JSON.parse(value) as { id?: unknown };
    return typeof record.id === 'string'
      ? JSON.stringify({ ...record, id: `${record.id.slice(0, 100)}/again${letter}` })
      : value;
  } catch {
    return value;
  }
}
