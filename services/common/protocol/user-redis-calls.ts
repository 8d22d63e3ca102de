import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { blackMarkCalls } from './black-calls.ts';
import { broadcastCalls } from './broadcast-calls.ts';
import { connectionCalls } from './connection-calls.ts';
import { AppId, Cid, Seq, TaskId, TimeMs } from './ids.ts';
import { queuedCalls } from './queued-calls.ts';
import { quotaCalls } from './quota-calls.ts';
import { requestCalls } from './request-calls.ts';
import { Route } from './route.ts';
import { stopCalls } from './stop-calls.ts';
import { ViewState } from './view-state.ts';

export { Route, ViewState };

/** A CM node's lease: who it is and where it takes internal calls. */
export const NodeLease = Type.Object({
  node: Route.properties.node,
  boot: Route.properties.boot,
  /** `http://host:port` of this very instance. */
  address: Type.String({ maxLength: 255 }),
});
export type NodeLease = Static<typeof NodeLease>;

/** A stored message on its way out. */
export const Entry = Type.Object({
  seq: Seq,
  task: TaskId,
  exp: TimeMs,
  /** The push frame as JSON text, complete but for its position. */
  body: Type.String(),
});
export type Entry = Static<typeof Entry>;

/** A position finished by its device and not yet trimmed. */
export const Finished = Type.Object({ seq: Seq, task: TaskId });

const Entries = {
  entries: Type.Array(Entry),
  /** There are further entries above the last one. */
  more: Type.Boolean(),
  /** False while the view of the device's partition is not whole: nothing may be sent from it. */
  ready: Type.Boolean(),
};

const limit = Type.Integer({ minimum: 1, maximum: 1_000 });

/** Made once for a call and the same in its repeats: what can't be told apart from a second call otherwise counts once by it. */
const CallId = Type.String({ minLength: 8, maxLength: 64 });

/** One batch of a partition. */
const EnqueueRequest = Type.Object({
  partition: Type.Integer({ minimum: 0 }),
  /** Above every position that a device of the partition can have finished: what is known beyond it is forgotten. */
  limit: Type.Optional(Seq),
  records: Type.Array(
    Type.Object({
      id: Type.String({ maxLength: 128 }),
      seq: Seq,
      task: TaskId,
      exp: TimeMs,
      stored: Type.Boolean(),
      /** A device that had this task at another position gets nothing. */
      once: Type.Optional(Type.Boolean()),
      /** The message of this task is taken out of the devices' queues, from before this position, in the same step. */
      recalls: Type.Optional(TaskId),
      body: Type.String(),
      cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }),
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
});
export type EnqueueRequest = Static<typeof EnqueueRequest>;

const EnqueueResponse = Type.Object({
  view: ViewState,
  results: Type.Array(
    Type.Object({
      /** The same record stands at another position already, or its task was stopped: skip this one. */
      duplicate: Type.Boolean(),
      /** One a cid, in order: null where the device is blacklisted, had finished this position before, or has this task at another one. */
      targets: Type.Array(
        Type.Union([Type.Object({ prev: Seq, route: Type.Union([Route, Type.Null()]) }), Type.Null()]),
      ),
    }),
  ),
});
export type EnqueueResponse = Static<typeof EnqueueResponse>;

export const userRedisCalls = {
  ...quotaCalls,
  ...blackMarkCalls,
  ...queuedCalls,
  ...stopCalls,
  ...broadcastCalls,
  ...connectionCalls,
  ...requestCalls,

  /** Stores one batch of a partition: each record once, whatever was repeated. Answers each target's route and the position before. */
  enqueue: call(EnqueueRequest, EnqueueResponse),
  /** The same of batches of several partitions. All of it fails if one does. A version before this one doesn't know it. */
  enqueueAll: batchCall(EnqueueRequest, EnqueueResponse),
  /** State of the view of each partition asked for. */
  views: call(
    Type.Object({ partitions: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 1_024 }) }),
    Type.Object({ views: Type.Array(ViewState) }),
  ),
  /** Marks a partition's view as being filled again by the holder of `replay`, a random name. */
  beginReplay: call(
    Type.Object({ partition: Type.Integer({ minimum: 0 }), replay: Type.String({ minLength: 8, maxLength: 64 }) }),
    Type.Object({}),
  ),
  /** Marks it as whole, if it is still this replay's; answers whether it was. */
  finishReplay: call(
    Type.Object({ partition: Type.Integer({ minimum: 0 }), replay: Type.String({ minLength: 8, maxLength: 64 }) }),
    Type.Object({ finished: Type.Boolean() }),
  ),

  /**
   * Login: sets the route and reads the queue in one step. `again` is for a session that was attached before (Redis was
   * lost, or the route's time ran out): it yields to the route of a later login instead of replacing it.
   */
  attach: batchCall(
    Type.Object({
      ...{ cid: Cid, route: Route, seq: Seq, again: Type.Boolean(), loggedInAt: TimeMs, limit },
      /** What the device has finished of its app's broadcasts, if it says so; kept, and answered to its next attach. */
      bseq: Type.Union([Seq, Type.Null()]),
      /** Where it begins if it doesn't say and nothing is known of an earlier attach. */
      tail: Seq,
    }),
    Type.Object({
      /** With `again`: a newer connection has the device; nothing was changed. */
      lost: Type.Boolean(),
      /** The device is blacklisted; nothing was changed. */
      blacklisted: Type.Optional(Type.Literal(true)),
      /** Nothing was in memory of an earlier login, nor whether the device is blacklisted. */
      unknown: Type.Optional(Type.Literal(true)),
      replaced: Type.Union([Route, Type.Null()]),
      /** The `bseq` of the attach before, which holds for a device that doesn't say its own; null if that is not known. */
      bseqBefore: Type.Union([Seq, Type.Null()]),
      finished: Type.Array(Finished),
      ...Entries,
    }),
  ),
  /** Deletes the route if it is still this one. */
  detach: batchCall(Type.Object({ cid: Cid, route: Route }), Type.Object({})),
  /** Entries above `after`. */
  pull: batchCall(Type.Object({ cid: Cid, after: Seq, limit }), Type.Object(Entries)),
  /** Trims everything up to `seq`. */
  ack: batchCall(Type.Object({ cid: Cid, seq: Seq }), Type.Object({})),

  /**
   * Renews a lease (TTL 10 s). `term` changes when it had gone, `store` when Redis restarted: either way routes may be
   * lost. A repeated call answers the same term, so a loss shows also where its first answer was lost.
   * `ttlMs` is how long it lasts from when it was asked for; an earlier version doesn't say.
   */
  renewLease: call(
    NodeLease,
    Type.Object({ term: Type.String(), store: Type.String(), ttlMs: Type.Optional(Type.Integer()) }),
  ),
  /** Gives a lease up, if it is still this boot's. */
  releaseLease: call(NodeLease, Type.Object({})),
  nodes: call(Type.Object({}), Type.Object({ nodes: Type.Array(NodeLease) })),
  /** Remembers a nonce of an app; `fresh` is false if it was seen within `ttlMs`, in another call than this one. */
  claimNonce: call(
    Type.Object({
      app: AppId,
      nonce: Type.String({ minLength: 1, maxLength: 64 }),
      ttlMs: Type.Integer({ minimum: 1 }),
      call: Type.Optional(CallId),
    }),
    Type.Object({ fresh: Type.Boolean() }),
  ),
  /** Counts one use of `name` by an app; answers how many there were in the current window, this one included. */
  countRate: call(
    Type.Object({
      app: AppId,
      name: Type.String({ pattern: '^[a-z-]{1,32}$' }),
      windowMs: Type.Integer({ minimum: 1_000 }),
      call: Type.Optional(CallId),
    }),
    Type.Object({ count: Type.Integer() }),
    1_000,
  ),
  revokeToken: call(Type.Object({ tokenId: Type.String({ maxLength: 64 }), until: TimeMs }), Type.Object({})),
  /**
   * How positions are laid out, as a role is configured and as the others are: which partition has a device, and which generation a topic is of.
   * The highest generation that any role has said within the last minute counts.
   */
  layout: call(
    Type.Object({ routeGeneration: Type.Integer({ minimum: 1 }) }),
    Type.Object({ routePartitions: Type.Integer(), routeGeneration: Type.Integer() }),
  ),
};
export type UserRedisCalls = typeof userRedisCalls;
