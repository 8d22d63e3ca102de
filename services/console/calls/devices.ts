import Type, { type Static } from 'typebox';
import { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { AppId, Cid, Seq, TaskId, TimeMs } from '../../common/protocol/ids.ts';
import { Alias } from '../../common/protocol/user-mysql-calls.ts';
import { Next, PageQuery } from './pages.ts';
import { MessageView } from './tasks.ts';

export const DeviceParams = Type.Object({ app: AppId, cid: Cid });

const OrNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** One of `cid` and `alias`, or neither: then all devices of the app, by cid. */
export const DeviceQuery = Type.Object(
  { cid: Type.Optional(Cid), alias: Type.Optional(Alias), ...PageQuery },
  { additionalProperties: false },
);

export const DeviceView = Type.Object({
  cid: Cid,
  platform: Type.String(),
  model: OrNull(Type.String()),
  registeredAt: TimeMs,
  lastLoginAt: OrNull(TimeMs),
  /** Which cm holds its connection, and since when; null: it has none. */
  online: OrNull(Type.Object({ node: Type.String(), since: OrNull(TimeMs) })),
  /** Messages that wait for it. */
  queued: Type.Integer({ minimum: 0 }),
  tags: Type.Array(Type.String()),
  alias: OrNull(Type.String()),
  /** Kind of the vendor's channel that it has. */
  channel: OrNull(Type.String()),
  blacklisted: Type.Boolean(),
});
export type DeviceView = Static<typeof DeviceView>;

/** Without `user-redis`, `online` and `queued` are not known: then the call answers `unavailable`. */
export const DeviceList = Type.Object({ items: Type.Array(DeviceView), next: Next });
export type DeviceList = Static<typeof DeviceList>;

export const QueueQuery = Type.Object(PageQuery, { additionalProperties: false });

/** What waits for a device, in the order in which it gets it. */
export const DeviceQueue = Type.Object({
  items: Type.Array(
    Type.Object({
      seq: Seq,
      taskId: TaskId,
      /** null: the message itself is not there, as its task was stopped. */
      message: OrNull(MessageView),
      acceptedAt: OrNull(TimeMs),
      expiresAt: TimeMs,
    }),
  ),
  next: Next,
  /** The queue is being made again from the bus: what is here may not be all. */
  replaying: Type.Boolean(),
});
export type DeviceQueue = Static<typeof DeviceQueue>;

export const EventsQuery = Type.Object(PageQuery, { additionalProperties: false });

/**
 * What happened to messages on a device, latest first. A page looks at the app's tasks made between two times; `since` is the
 * earlier one, null where there are no earlier tasks.
 */
export const DeviceEvents = Type.Object({
  items: Type.Array(Type.Object({ at: TimeMs, event: ReceiptEvent, taskId: TaskId })),
  since: OrNull(TimeMs),
  next: Next,
});
export type DeviceEvents = Static<typeof DeviceEvents>;

/** Whether it had a connection that was ended. */
export const KickAnswer = Type.Object({ kicked: Type.Boolean() });
export type KickAnswer = Static<typeof KickAnswer>;

export const BlacklistAnswer = Type.Object({ blacklisted: Type.Boolean() });
export type BlacklistAnswer = Static<typeof BlacklistAnswer>;
