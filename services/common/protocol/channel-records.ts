import Type, { type Static } from 'typebox';
import type { NewRecord } from '../bus/bus.ts';
import { AppId, Cid, TaskId, TimeMs } from './ids.ts';
import { partitionOf } from './positions.ts';
import { channelPartitions } from './topics.ts';

/** What upstreams say of the channels of vendors, kept with the message. */
export const ChannelOrders = Type.Object({
  /** 1 to 4 per channel, `default` for those that are not named. */
  strategy: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 4 }))),
  /** What is for one vendor each. */
  given: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()))),
});
export type ChannelOrders = Static<typeof ChannelOrders>;

/** A message that devices may get by a channel, as they have no connection or the strategy says so. */
export const ChannelMessage = Type.Object({
  kind: Type.Literal('message'),
  app: AppId,
  task: TaskId,
  exp: TimeMs,
  /** The push frame as JSON text, complete but for its position. */
  body: Type.String({ maxLength: 65_536 }),
  orders: ChannelOrders,
  cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }),
});
export type ChannelMessage = Static<typeof ChannelMessage>;

/** A device registered a channel: what was known of it is not true any more. */
export const ChannelChanged = Type.Object({ kind: Type.Literal('changed'), app: AppId, cid: Cid });
export type ChannelChanged = Static<typeof ChannelChanged>;

export const ChannelRecord = Type.Union([ChannelMessage, ChannelChanged]);
export type ChannelRecord = Static<typeof ChannelRecord>;

/** As it goes to the channel topic, whose partition of a cid hears all that concerns its device, in order. */
export function changedRecord(app: string, cid: string): NewRecord {
  const record: ChannelChanged = { kind: 'changed', app, cid };
  return { partition: partitionOf(cid, channelPartitions), key: cid, value: JSON.stringify(record) };
}

/** One record a partition of the channel topic. */
export function messageRecords(message: Omit<ChannelMessage, 'kind' | 'cids'>, cids: string[]): NewRecord[] {
  const perPartition = Map.groupBy(cids, (cid) => partitionOf(cid, channelPartitions));
  return [...perPartition].map(([partition, own]) => {
    const record: ChannelMessage = { kind: 'message', ...message, cids: own };
    return { partition, key: own[0]!, value: JSON.stringify(record) };
  });
}
