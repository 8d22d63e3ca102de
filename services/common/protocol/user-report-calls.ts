import Type from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, TimeMs } from './ids.ts';

/** CM nodes say how many devices they hold at each multiple of this, since the epoch. */
export const onlineEveryMs = 600_000;

/** Points of one answer at the most, the newest: ten days of them. */
export const maxOnlinePoints = 1_440;

const Count = Type.Integer({ minimum: 0 });

/** Figures of devices by day, and how many were online. */
export const userReportCalls = {
  /** The figures of the UTC day that begins at `from`; 0 for what is not kept or was not counted. */
  userDay: call(
    Type.Object({ app: AppId, from: TimeMs }),
    Type.Object({
      /** Devices registered by the end of the day. */
      total: Count,
      /** Devices registered on it. */
      registered: Count,
      /** Devices that logged in on it. */
      active: Count,
      /** The most devices online at one of its points. */
      online: Count,
    }),
  ),
  /** Devices of an app that a node holds at a point. Said once a node, app and point: what comes later changes nothing. */
  noteOnline: batchCall(
    Type.Object({ app: AppId, at: TimeMs, node: Type.String({ minLength: 1, maxLength: 64 }), n: Count }),
    Type.Object({}),
  ),
  /** Devices online at each point after a time, over all nodes, oldest first. */
  onlinePoints: call(
    Type.Object({ app: AppId, after: TimeMs }),
    Type.Object({ points: Type.Array(Type.Object({ at: TimeMs, n: Count })) }),
  ),
};
