import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { AppId, Seq, TaskId, TimeMs } from './ids.ts';
import { Route } from './user-redis-calls.ts';

export const kickReasons = ['replaced', 'blacklisted', 'admin'] as const;
export type KickReason = (typeof kickReasons)[number];

const Delivery = Type.Object({
  task: TaskId,
  exp: TimeMs,
  /** The push frame as JSON text, complete but for its position. */
  body: Type.String(),
  /** Null for ttl −1: sent once, without a position. */
  seq: Type.Union([Seq, Type.Null()]),
  /** Pairs of a connection and the position before this one in its device's queue. */
  targets: Type.Array(Type.Object({ conn: Route.properties.conn, prev: Seq }), { minItems: 1, maxItems: 1_000 }),
});
export type Delivery = Static<typeof Delivery>;

/** Most devices that all nodes together tell to leave in a second while they are evened out. */
export const maxShedPerSecond = 10_000;

/** Node and boot of the CM that coordinates. */
const Coordinator = Type.String({ minLength: 1, maxLength: 256 });
const AgeMs = Type.Integer({ minimum: 0 });

/**
 * Calls that go to one CM node, at the address of its lease. Each names the boot it is meant for: another one answers
 * `conflict`, so a message never reaches whoever has that address now.
 */
export const cmCalls = {
  /** Offers stored messages. What a connection can't take now it pulls later; unknown connections are passed over. */
  deliver: call(
    Type.Object({ boot: Route.properties.boot, deliveries: Type.Array(Delivery, { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({}),
    1_000,
  ),
  /** Says that there is something in the queue of each connection's device. */
  hint: call(
    Type.Object({
      boot: Route.properties.boot,
      conns: Type.Array(Route.properties.conn, { minItems: 1, maxItems: 10_000 }),
    }),
    Type.Object({}),
    1_000,
  ),
  /** Says that there are new broadcasts in the logs of these apps. */
  tail: call(
    Type.Object({ boot: Route.properties.boot, apps: Type.Array(AppId, { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({}),
    1_000,
  ),
  /** Ends connections. */
  kick: call(
    Type.Object({
      boot: Route.properties.boot,
      conns: Type.Array(Route.properties.conn, { minItems: 1, maxItems: 1_000 }),
      reason: Type.Enum([...kickReasons]),
    }),
    Type.Object({}),
    1_000,
  ),
  /**
   * What this node holds, for whoever evens out the nodes (`by`). With `claim` it asks for the right to have devices told:
   * `claimed` is false while another has it.
   */
  load: call(
    Type.Object({ boot: Route.properties.boot, by: Coordinator, claim: Type.Boolean(), minAgeMs: AgeMs }),
    Type.Object({
      /** Devices that were not told to leave, those that were and have not left yet, and the ones that `shed` may tell now. */
      staying: Type.Integer(),
      leaving: Type.Integer(),
      movable: Type.Integer(),
      claimed: Type.Boolean(),
      /** It is stopping. */
      draining: Type.Boolean(),
    }),
    1_000,
  ),
  /**
   * Tells up to `count` devices that logged in at least `minAgeMs` ago to come back, within the next second. `conflict`: another
   * has the claim. A repeated call of a round tells nobody.
   */
  shed: call(
    Type.Object({
      ...{ boot: Route.properties.boot, by: Coordinator, round: Type.Integer({ minimum: 1 }), minAgeMs: AgeMs },
      count: Type.Integer({ minimum: 1, maximum: maxShedPerSecond }),
    }),
    Type.Object({ told: Type.Integer() }),
    1_000,
  ),
};
export type CmCalls = typeof cmCalls;
