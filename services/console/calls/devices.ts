import Type, { type Static } from 'typebox';
import { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { AppId, Cid, Seq, TaskId, TimeMs } from '../../common/protocol/ids.ts';
import { Alias } from '../../common/protocol/user-mysql-calls.ts';
import { endpoint } from './endpoint.ts';
import { pageOf, pageQuery } from './lists.ts';
import { MessageView } from './tasks.ts';

const OrNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

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

/** A message that waits for a device. */
export const QueuedMessage = Type.Object({
  seq: Seq,
  taskId: TaskId,
  /** null: it is not there any more, as its task was stopped. */
  message: OrNull(MessageView),
  acceptedAt: OrNull(TimeMs),
  expiresAt: TimeMs,
});
export type QueuedMessage = Static<typeof QueuedMessage>;

/** In the order in which the device gets them. */
export const DeviceQueue = Type.Object({
  ...pageOf(QueuedMessage).properties,
  /** The queue is being made again from the bus: what is here may not be all. */
  replaying: Type.Boolean(),
});
export type DeviceQueue = Static<typeof DeviceQueue>;

export const DeviceEvent = Type.Object({ at: TimeMs, event: ReceiptEvent, taskId: TaskId });
export type DeviceEvent = Static<typeof DeviceEvent>;

/**
 * Latest first. A page looks at some of the app's tasks, the newest first; `since` says when the last of these was made, null
 * where there are none.
 */
export const DeviceEvents = Type.Object({ ...pageOf(DeviceEvent).properties, since: OrNull(TimeMs) });
export type DeviceEvents = Static<typeof DeviceEvents>;

/** Whether it had a connection that was ended. */
export const KickAnswer = Type.Object({ kicked: Type.Boolean() });
export type KickAnswer = Static<typeof KickAnswer>;

export const BlacklistAnswer = Type.Object({ blacklisted: Type.Boolean() });
export type BlacklistAnswer = Static<typeof BlacklistAnswer>;

const ofDevice = Type.Object({ app: AppId, cid: Cid });
const exampleDevice = { app: 'demo', cid: '0'.repeat(32) };

export const devicesCalls = {
  listDevices: endpoint({
    method: 'GET',
    path: '/apps/:app/devices',
    summary: 'The device of a cid, those of an alias, or all, by cid',
    needs: 'viewer',
    params: Type.Object({ app: AppId }),
    query: Type.Object({
      cid: Type.Optional({ ...Cid, description: '32 lower-case hex digits' }),
      alias: Type.Optional(Alias),
      ...pageQuery,
    }),
    answer: pageOf(DeviceView),
    example: { params: { app: 'demo' }, query: { alias: 'ada' } },
  }),
  device: endpoint({
    method: 'GET',
    path: '/apps/:app/devices/:cid',
    summary: 'A device',
    needs: 'viewer',
    params: ofDevice,
    answer: DeviceView,
    example: { params: exampleDevice },
  }),
  deviceQueue: endpoint({
    method: 'GET',
    path: '/apps/:app/devices/:cid/queue',
    summary: 'What waits for a device',
    needs: 'viewer',
    params: ofDevice,
    query: Type.Object(pageQuery),
    answer: DeviceQueue,
    example: { params: exampleDevice, query: {} },
  }),
  deviceEvents: endpoint({
    method: 'GET',
    path: '/apps/:app/devices/:cid/events',
    summary: 'What happened to messages on a device, latest first',
    needs: 'viewer',
    params: ofDevice,
    query: Type.Object({ after: pageQuery.after }),
    answer: DeviceEvents,
    example: { params: exampleDevice, query: {} },
  }),
  kickDevice: endpoint({
    method: 'POST',
    path: '/apps/:app/devices/:cid/kick',
    summary: 'Ends the connection of a device',
    needs: 'admin',
    params: ofDevice,
    answer: KickAnswer,
    example: { params: exampleDevice },
  }),
  blacklistDevice: endpoint({
    method: 'PUT',
    path: '/apps/:app/devices/:cid/blacklist',
    summary: 'Blacklists a device: it is disconnected, may not log in, and gets nothing',
    needs: 'admin',
    params: ofDevice,
    answer: BlacklistAnswer,
    example: { params: exampleDevice },
  }),
  unblacklistDevice: endpoint({
    method: 'DELETE',
    path: '/apps/:app/devices/:cid/blacklist',
    summary: 'Takes a device from the blacklist',
    needs: 'admin',
    params: ofDevice,
    answer: BlacklistAnswer,
    example: { params: exampleDevice },
  }),
};
