import Type, { type Static } from 'typebox';
import { channelKinds } from './channel-calls.ts';
import { ChannelOrders } from './channel-records.ts';
import { AppId, Cid, TaskId, TimeMs } from './ids.ts';
import { TagWhere } from './tag-calls.ts';

const message = {
  app: AppId,
  task: TaskId,
  /** When the API accepted it. */
  at: TimeMs,
  /** When it expires. */
  exp: TimeMs,
  /** False for ttl −1: online or never. */
  stored: Type.Boolean(),
  /** The push frame as JSON text, complete but for its position. */
  body: Type.String({ maxLength: 65_536 }),
  group: Type.Optional(Type.String({ maxLength: 100 })),
  /** A device gets this task once, however many records name it: lists of one task may overlap. */
  once: Type.Optional(Type.Boolean()),
  /** It may go by channels of vendors too, as this says. */
  channels: Type.Optional(ChannelOrders),
  /** A task whose message goes out of the queues of this one's devices, where it stands before this one. */
  recalls: Type.Optional(TaskId),
};

/** A message with its targets, all of one partition of the route topic. Its position becomes the message's `seq`. */
export const RouteRecord = Type.Object({
  /** The same for every copy that a crash may have made: the task, or task, page and partition. */
  id: Type.String({ maxLength: 128 }),
  ...message,
  cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }),
});
export type RouteRecord = Static<typeof RouteRecord>;

/** A message for all devices of its app: one entry in the app's log. Its position becomes the message's `bseq`. */
export const BroadcastRecord = Type.Object({
  /** The same for every copy that a crash may have made. */
  id: Type.String({ maxLength: 128 }),
  app: message.app,
  task: message.task,
  exp: message.exp,
  stored: message.stored,
  body: message.body,
});
export type BroadcastRecord = Static<typeof BroadcastRecord>;

/** A task for the planner, which finds its targets and writes route records. */
export const TaskRecord = Type.Object({
  ...message,
  audience: Type.Union([
    Type.Object({ cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({ alias: Type.String({ maxLength: 64 }) }),
    Type.Object({ aliases: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({ where: TagWhere }),
    Type.Object({ all: Type.Literal(true) }),
  ]),
  /** Messages a second, of a task to the devices of tags or to all; missing: unlimited. */
  speed: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type TaskRecord = Static<typeof TaskRecord>;

/** target: stored for a device; sent: written to its socket; arrived: acknowledged. Each implies the ones before it. */
export const ReceiptEvent = Type.Union([
  Type.Literal('target'),
  Type.Literal('sent'),
  Type.Literal('arrived'),
  Type.Literal('shown'),
  Type.Literal('clicked'),
  Type.Literal('dismissed'),
  Type.String({ pattern: '^custom:[0-9]{5}$' }),
]);
export type ReceiptEvent = Static<typeof ReceiptEvent>;

/** Devices in one record of receipts at the most. */
export const maxReceiptDevices = 1_000;

/** One event of one task on some devices. Counted once a (task, cid, event), however often it is written. Partitioned by task. */
export const EventReceipt = Type.Object({
  kind: Type.Literal('event'),
  app: AppId,
  task: TaskId,
  event: ReceiptEvent,
  at: TimeMs,
  /**
   * Of `target`: when the message was in the queues of these devices. Missing where they had it before or aren't to get it, of one that
   * isn't stored, and in what a version before wrote.
   */
  storedAt: Type.Optional(TimeMs),
  cids: Type.Array(Cid, { minItems: 1, maxItems: maxReceiptDevices }),
  group: Type.Optional(Type.String({ maxLength: 100 })),
});
export type EventReceipt = Static<typeof EventReceipt>;

/** One event of several tasks of an app: as many receipts as tasks, gathered. Partitioned by task, which all of them agree in. */
export const EventsReceipt = Type.Object({
  kind: Type.Literal('events'),
  app: AppId,
  event: ReceiptEvent,
  tasks: Type.Array(Type.Omit(EventReceipt, ['kind', 'app', 'event']), { minItems: 2, maxItems: maxReceiptDevices }),
});
export type EventsReceipt = Static<typeof EventsReceipt>;

/** The receipts of a record, one a task. */
export function eventReceiptsOf(record: EventReceipt | EventsReceipt): EventReceipt[] {
  if (record.kind === 'event') return [record];
  const { app, event, tasks } = record;
  return tasks.map((ofTask): EventReceipt => ({ kind: 'event', app, event, ...ofTask }));
}

/** Devices that logged in. Partitioned by the first cid. */
export const LoginReceipt = Type.Object({
  kind: Type.Literal('login'),
  app: AppId,
  logins: Type.Array(Type.Object({ cid: Cid, at: TimeMs }), { minItems: 1, maxItems: maxReceiptDevices }),
});
export type LoginReceipt = Static<typeof LoginReceipt>;

/** A broadcast is on its way: the devices that its app has now are its targets. Once a task. Partitioned by task. */
export const BroadcastReceipt = Type.Object({
  kind: Type.Literal('broadcast'),
  app: AppId,
  task: TaskId,
  at: TimeMs,
  group: Type.Optional(Type.String({ maxLength: 100 })),
});
export type BroadcastReceipt = Static<typeof BroadcastReceipt>;

/**
 * What came of one task's message on some devices by a channel of a vendor: `sent`, or why it was not (`refused:BadTopic`).
 * Counted once a (task, cid, channel): what is said first. Partitioned by task.
 */
export const ChannelReceipt = Type.Object({
  kind: Type.Literal('channel'),
  app: AppId,
  task: TaskId,
  channel: Type.Enum([...channelKinds]),
  result: Type.String({ minLength: 1, maxLength: 80, pattern: '^[!-~]+$' }),
  at: TimeMs,
  cids: Type.Array(Cid, { minItems: 1, maxItems: maxReceiptDevices }),
});
export type ChannelReceipt = Static<typeof ChannelReceipt>;

export const ReceiptRecord = Type.Union([EventReceipt, EventsReceipt, LoginReceipt, BroadcastReceipt, ChannelReceipt]);
export type ReceiptRecord = Static<typeof ReceiptRecord>;
