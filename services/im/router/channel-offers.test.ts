import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { CmNode } from '../../common/cm-nodes.ts';
import { type ErrorCode, LongwireError } from '../../common/errors.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { channelPartitions } from '../../common/protocol/topics.ts';
import { createRouterMetrics } from '../metrics.ts';
import { ChannelOffers } from './channel-offers.ts';

const log = pino({ level: 'silent' });
const cid = (index: number): string => index.toString(16).padStart(32, '0');
const on = (node: string) => ({ route: { node, boot: 'b1', conn: 1 } });
const away = { route: null };

function recordOf(channels: RouteRecord['channels'], cids: string[]): RouteRecord {
  const record = { id: 'T', app: 'app', task: 'T', at: 1, exp: 9, stored: true, body: '{}', cids };
  return channels ? { ...record, channels } : record;
}

/** Offers to a bus in memory; the node `n1` has a lease and no other. */
function rig(fault?: ErrorCode) {
  const written: NewRecord[] = [];
  const publish = async (_topic: string, records: NewRecord[]) => {
    if (fault) throw new LongwireError(fault, 'the bus');
    written.push(...records);
    return records.map(() => 0);
  };
  const nodes = { findFresh: async ({ node }: { node: string }) => (node === 'n1' ? ({} as CmNode) : undefined) };
  const metrics = createRouterMetrics(new Registry(), () => ({ owned: 0, replaying: 0 }));
  const offers = new ChannelOffers(publish, nodes, { topic: 'x.channel', kindsOf: () => ['webpush'] }, metrics, log);
  const messages = () => written.map(({ value }) => JSON.parse(value) as ChannelMessage);
  return { offers, written, messages, metrics };
}

test('devices without a route, or with one of a node that is gone, are left to channels; a connected one is not', async () => {
  const { offers, messages } = rig();
  const targets = [on('n1'), away, on('gone'), null];
  await offers.offer([{ record: recordOf({}, [cid(1), cid(2), cid(3), cid(4)]), targets }]);
  expect(messages().flatMap(({ cids }) => cids)).toEqual([cid(2), cid(3)]);
});

test('a strategy may say always, or never, or something of another channel alone', async () => {
  const { offers, messages } = rig();
  const cids = [cid(1), cid(2)];
  for (const strategy of [{ default: 3 }, { webpush: 3 }] as Record<string, number>[]) {
    await offers.offer([{ record: recordOf({ strategy }, cids), targets: [on('n1'), away] }]);
  }
  expect(messages()).toEqual([]);
  await offers.offer([{ record: recordOf({ strategy: { default: 3, webpush: 4 } }, cids), targets: [on('n1'), away] }]);
  expect(messages().flatMap((message) => message.cids)).toEqual(cids);
});

test('a message goes once to each partition that has devices of it, with all that was said of channels', async () => {
  const { offers, written, messages } = rig();
  const cids = Array.from({ length: 100 }, (_, index) => cid(index));
  const channels = { strategy: { default: 1 }, given: { webpush: { title: 'w' } } };
  await offers.offer([{ record: recordOf(channels, cids), targets: cids.map(() => away) }]);
  expect(new Set(written.map(({ partition }) => partition)).size).toBe(written.length);
  expect(
    messages()
      .flatMap((message) => message.cids)
      .sort(),
  ).toEqual(cids.sort());
  for (const [index, one] of messages().entries()) {
    expect(one).toMatchObject({ kind: 'message', app: 'app', task: 'T', exp: 9, body: '{}', orders: channels });
    for (const own of one.cids) expect(partitionOf(own, channelPartitions)).toBe(written[index]!.partition);
  }
});

test.each(['overloaded', 'unavailable'] as const)(
  'where the bus is %s it is tried a few times, then dropped and counted: no message waits for it',
  async (code) => {
    const stored = [{ record: recordOf({}, [cid(1)]), targets: [away] }];
    const { offers, metrics } = rig(code);
    await offers.offer(stored);
    expect((await metrics.channels.get()).values).toMatchObject([{ value: 1, labels: { outcome: 'dropped' } }]);
  },
);
