import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { ReceiptEvent } from './bus-records.ts';
import { channelKinds } from './channel-calls.ts';
import { AppId, Cid, TaskId, TimeMs } from './ids.ts';

const Counts = Type.Object({
  counts: Type.Array(Type.Object({ event: ReceiptEvent, count: Type.Integer({ minimum: 0 }) })),
});

/** How many devices of a task one result came of by a channel. */
export const ChannelCount = Type.Object({
  channel: Type.Enum([...channelKinds]),
  /** As in a `ChannelReceipt`. */
  result: Type.String(),
  count: Type.Integer({ minimum: 0 }),
});
export type ChannelCount = Static<typeof ChannelCount>;

export const reportCalls = {
  /**
   * What happened to a task on a device, earliest first; nothing if the two never met. `storedAt`: when it was stored in the device's
   * queue, where that is known.
   */
  deviceEvents: call(
    Type.Object({ app: AppId, task: TaskId, cid: Cid }),
    Type.Object({
      events: Type.Array(Type.Object({ event: ReceiptEvent, at: TimeMs })),
      storedAt: Type.Optional(TimeMs),
    }),
  ),
  /** How often each event was counted, over all tasks of a group; null if the app has none. */
  groupCounts: call(
    Type.Object({ app: AppId, group: Type.String({ minLength: 1, maxLength: 100 }) }),
    Type.Union([Counts, Type.Null()]),
  ),
  /** The same over all tasks made from `from` to before `to`. */
  periodCounts: call(Type.Object({ app: AppId, from: TimeMs, to: TimeMs }), Counts),
};
