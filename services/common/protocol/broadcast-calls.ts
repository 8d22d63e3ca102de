import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, Seq, TaskId, TimeMs } from './ids.ts';
import { ViewState } from './view-state.ts';

/** Unexpired broadcasts of one app at the most; the api refuses one more, and where that is passed over the oldest goes. */
export const maxBroadcasts = 1_000;

/** A broadcast as an app's log lists it: without its message, which is the same for all and read on its own. */
export const BroadcastEntry = Type.Object({
  bseq: Seq,
  task: TaskId,
  exp: TimeMs,
  /** False for ttl −1: for the devices that are online when it comes, and for no others. */
  stored: Type.Boolean(),
});
export type BroadcastEntry = Static<typeof BroadcastEntry>;

/** Logs of broadcasts, one an app: entries by position, whatever the number of its devices. */
export const broadcastCalls = {
  /** Adds one batch of a partition to its apps' logs, each record once, whatever was repeated. */
  appendBroadcasts: call(
    Type.Object({
      partition: Type.Integer({ minimum: 0 }),
      records: Type.Array(
        Type.Object({
          id: Type.String({ maxLength: 128 }),
          app: AppId,
          ...BroadcastEntry.properties,
          body: Type.String(),
        }),
        { minItems: 1, maxItems: 1_000 },
      ),
    }),
    Type.Object({
      view: ViewState,
      /** One a record: it stands at another position already, or its task was stopped. */
      duplicate: Type.Array(Type.Boolean()),
    }),
  ),
  /** Entries of an app's log after a position, in order, also expired ones that are still there. */
  broadcastsAfter: batchCall(
    Type.Object({ app: AppId, after: Seq, limit: Type.Integer({ minimum: 1, maximum: maxBroadcasts }) }),
    Type.Object({
      entries: Type.Array(BroadcastEntry),
      /** There are further entries above the last one. */
      more: Type.Boolean(),
      /** False while the view of the app's partition is not whole: entries may be missing before those answered. */
      ready: Type.Boolean(),
    }),
  ),
  /** The push frame of each task as JSON text, complete but for its position; null if there is none. */
  broadcastBodies: batchCall(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Object({
      body: Type.Union([Type.String(), Type.Null()]),
      /** False while the view of the app's partition is not whole: one that is missing may come back. Else it was stopped or has expired. */
      ready: Type.Boolean(),
    }),
  ),
  /** How many entries each app's log has. */
  broadcastCounts: batchCall(Type.Object({ app: AppId }), Type.Object({ count: Type.Integer({ minimum: 0 }) }), 1_000),
};
export type BroadcastCalls = typeof broadcastCalls;
