import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Batch } from '../../common/bus/bus.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Channel } from '../../common/protocol/channel-calls.ts';
import type { ChannelMessage, ChannelRecord } from '../../common/protocol/channel-records.ts';
import { createChannelMetrics } from '../metrics.ts';
import { Channels } from './channels.ts';
import type { Delivery } from './sender.ts';

const now = 1_000_000;
const log = pino({ level: 'silent' });
const cid = (index: number): string => index.toString(16).padStart(32, '0');
const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } };

function message(task: string, cids: string[], more: Partial<ChannelMessage> = {}): ChannelMessage {
  return { kind: 'message', app: 'app', task, exp: now + 1_000, body: '{}', orders: {}, cids, ...more };
}

const changed = (of: string): ChannelRecord => ({ kind: 'changed', app: 'app', cid: of });

function batchOf(...values: (ChannelRecord | string)[]): Batch {
  const records = values.map((value, offset) => ({
    ...{ offset, key: 'k', timeMs: now },
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return { partition: 0, records, stale: () => false };
}

function rig() {
  const state = {
    /** Devices that have a channel. */
    kept: new Set<string>(),
    asked: [] as string[][],
    given: [] as Delivery[],
    away: false,
    gate: undefined as Promise<void> | undefined,
  };
  const metrics = createChannelMetrics(new Registry(), () => []);
  const send = async (deliveries: Delivery[]): Promise<void> => {
    state.given.push(...deliveries);
    await state.gate;
  };
  const channelsOf = async ({ items }: { items: { app: string; cid: string }[] }) => {
    state.asked.push(items.map((item) => item.cid));
    if (state.away) throw new LongwireError('unavailable', 'MySQL is away');
    const channels: Channel[] = [{ kind: 'webpush', subscription }];
    return { results: items.map((item) => ({ channels: state.kept.has(item.cid) ? channels : [] })) };
  };
  const senders = new Map([['webpush' as const, { send }]]);
  const channels = new Channels({ directory: { channelsOf }, senders, metrics, now: () => now, log });
  const given = () => state.given.map((delivery) => [delivery.message.task, delivery.cid, delivery.use]);
  return { state, channels, given };
}

test('each message goes to the channels of those of its devices that have one, as its strategy says', async () => {
  const { state, channels, given } = rig();
  state.kept.add(cid(1)).add(cid(3));
  const never = message('never', [cid(1)], { orders: { strategy: { webpush: 3 } } });
  const always = message('always', [cid(3)], { orders: { strategy: { default: 2 } } });
  await channels.handle(batchOf(message('a', [cid(1), cid(2), cid(3)]), never, always));
  expect(given()).toEqual([
    ['a', cid(1), 'offline'],
    ['a', cid(3), 'offline'],
    ['always', cid(3), 'always'],
  ]);
  expect(state.asked).toEqual([[cid(1), cid(2), cid(3)]]);
});

test('CH1 a device without a channel is asked for once, until it registers one, also in the same batch', async () => {
  const { state, channels, given } = rig();
  await channels.handle(batchOf(message('a', [cid(1), cid(2)])));
  await channels.handle(batchOf(message('b', [cid(1), cid(2)])));
  expect(state.asked).toEqual([[cid(1), cid(2)]]);
  state.kept.add(cid(1));
  await channels.handle(batchOf(message('c', [cid(1), cid(2)]), changed(cid(1))));
  expect(state.asked.slice(1)).toEqual([[cid(1)]]);
  expect(given()).toEqual([['c', cid(1), 'offline']]);
});

test('CH1 what was remembered of a partition is forgotten with it', async () => {
  const { state, channels } = rig();
  await channels.handle(batchOf(message('a', [cid(1)])));
  channels.forget(0);
  await channels.handle(batchOf(message('b', [cid(1)])));
  expect(state.asked).toHaveLength(2);
});

test('CH2 a batch is held for the first tries, but not for long', async () => {
  const { state, channels } = rig();
  state.kept.add(cid(1));
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  let done = false;
  const handled = channels.handle(batchOf(message('a', [cid(1)]))).then(() => {
    done = true;
  });
  await expect.poll(() => state.given).toHaveLength(1);
  expect(done).toBe(false);
  gate.resolve();
  await handled;
  state.gate = new Promise(() => {});
  await channels.handle(batchOf(message('b', [cid(1)])));
  expect(state.given).toHaveLength(2);
});

test('a message that was written twice is given once; one whose devices could not be looked up comes again', async () => {
  const { state, channels, given } = rig();
  state.kept.add(cid(1));
  state.away = true;
  await expect(channels.handle(batchOf(message('a', [cid(1)])))).rejects.toMatchObject({ code: 'unavailable' });
  state.away = false;
  await channels.handle(batchOf(message('a', [cid(1)]), message('a', [cid(1)])));
  await channels.handle(batchOf(message('a', [cid(1)])));
  expect(given()).toEqual([['a', cid(1), 'offline']]);
});

test('expired messages and records that nobody can read are passed over, and the batch goes on', async () => {
  const { state, channels, given } = rig();
  state.kept.add(cid(1));
  await channels.handle(batchOf('{', 'null', message('old', [cid(1)], { exp: now }), message('a', [cid(1)])));
  expect(given().map(([task]) => task)).toEqual(['a']);
});

test('devices are looked up a thousand at a time', async () => {
  const { state, channels } = rig();
  const many = (from: number) => Array.from({ length: 900 }, (_, index) => cid(from + index));
  await channels.handle(batchOf(message('a', many(0)), message('b', many(600))));
  expect(state.asked.map((one) => one.length)).toEqual([1_000, 500]);
});
