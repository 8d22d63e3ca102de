import Type, { type Static, type TSchema } from 'typebox';

/** A figure that a bench measures; null in a file that was written by hand from figures where it wasn't recorded. */
const Figure = Type.Union([Type.Number(), Type.Null()]);
const Word = Type.Union([Type.String(), Type.Null()]);
/** CPU time, µs, of each process by its name. */
const ByProcess = Type.Union([Type.Record(Type.String(), Type.Number()), Type.Null()]);

/** Under which conditions figures were measured. */
export const Conditions = Type.Object({
  command: Type.String(),
  /** Day or time, ISO 8601. */
  date: Type.String(),
  machine: Type.Object({ cpu: Word, cores: Figure, memoryMib: Figure }),
  node: Word,
  /** Name and version of each store, as it says itself. */
  stores: Type.Object({ redis: Word, mariadb: Word }),
  /** What a reader has to know besides. */
  note: Word,
});

const Cost = Type.Object({
  /** CPU time of a message in all processes, µs, and what of it each used. */
  totalUs: Figure,
  byProcess: ByProcess,
  acceptedPerS: Figure,
  /** From the start of the request to the device, ms. */
  p50Ms: Figure,
  p99Ms: Figure,
  /** Of a message: internal calls, commands, statements. */
  counts: Type.Union([Type.Record(Type.String(), Type.Number()), Type.Null()]),
});

/** Of bench/push-cost.ts. */
export const PushResult = Type.Object({
  kind: Type.Literal('push'),
  conditions: Conditions,
  bus: Type.Union([Type.Literal('redis'), Type.Literal('kafka')]),
  /** Pushes of one request. */
  batch: Type.Number(),
  messages: Type.Number(),
  devices: Type.Number(),
  runs: Type.Number(),
  results: Type.Array(
    Type.Object({
      callers: Type.Number(),
      longwire: Cost,
      floor: Cost,
      /** The least in as many processes as Longwire has. */
      hops: Type.Optional(Cost),
      /** Longwire, Kafka's broker left out, to the floor. */
      ratio: Type.Number(),
    }),
  ),
});

/** Of bench/connections.ts. CPU times are of one device, µs, less what is used at rest. */
export const ConnectionsResult = Type.Object({
  kind: Type.Literal('connections'),
  conditions: Conditions,
  bus: Type.Union([Type.Literal('redis'), Type.Literal('kafka')]),
  count: Type.Number(),
  runs: Type.Number(),
  /** Of one idle connection, in a process that has nothing else: cm's device port with a device logged in, and bare `ws`. */
  idle: Type.Union([
    Type.Null(),
    Type.Object({
      count: Type.Number(),
      cm: Type.Object({ heapBytes: Type.Number(), residentBytes: Type.Number(), pingUs: Type.Number() }),
      bare: Type.Object({ heapBytes: Type.Number(), residentBytes: Type.Number(), pingUs: Type.Number() }),
    }),
  ]),
  arrivals: Type.Array(
    Type.Object({
      what: Type.Union([
        Type.Literal('register and log in'),
        Type.Literal('log in'),
        Type.Literal('all come back at once'),
      ]),
      totalUs: Type.Number(),
      byProcess: Type.Record(Type.String(), Type.Number()),
      /** The same connections to bare `ws`. */
      bareUs: Figure,
      /** From the first connection to the last welcome, s. */
      seconds: Figure,
      /** Tries that were refused or cut off and made again. */
      retries: Figure,
    }),
  ),
});

/** Of bench/broadcast-cost.ts. CPU times are of one message to one device, µs, less what is used at rest. */
export const BroadcastResult = Type.Object({
  kind: Type.Literal('broadcast'),
  conditions: Conditions,
  bus: Type.Union([Type.Literal('redis'), Type.Literal('kafka')]),
  connected: Type.Number(),
  /** Broadcasts of each row in each run. */
  messages: Type.Number(),
  runs: Type.Number(),
  results: Type.Array(
    Type.Object({
      /** Broadcasts at once. */
      burst: Type.Number(),
      /** Whether devices acknowledge. */
      acks: Type.Boolean(),
      totalUs: Type.Number(),
      byProcess: Type.Record(Type.String(), Type.Number()),
      /** Of the raw writer, which writes the same frame to as many bare connections. */
      rawUs: Type.Number(),
      /** cm to the raw writer. */
      ratio: Type.Number(),
      /** All processes, to one broadcast alone with or without acks, likewise. */
      toAlone: Type.Number(),
    }),
  ),
});

/** Of bench/scaling.ts. */
export const ScalingResult = Type.Object({
  kind: Type.Literal('scaling'),
  conditions: Conditions,
  bus: Type.Union([Type.Literal('redis'), Type.Literal('kafka')]),
  callers: Type.Number(),
  messages: Type.Number(),
  devices: Type.Number(),
  runs: Type.Number(),
  results: Type.Array(
    Type.Object({
      role: Type.String(),
      instances: Type.Number(),
      cost: Cost,
      /** To the first number of instances of the role. */
      ratio: Type.Number(),
      /** How far the instance furthest from the mean is from it in CPU time, as a share of it. */
      unevenness: Type.Number(),
    }),
  ),
});

/** Of bench/flatness.ts. */
export const FlatnessResult = Type.Object({
  kind: Type.Literal('flatness'),
  conditions: Conditions,
  bus: Type.Union([Type.Literal('redis'), Type.Literal('kafka')]),
  callers: Type.Number(),
  messages: Type.Number(),
  devices: Type.Number(),
  runs: Type.Number(),
  results: Type.Array(
    Type.Object({
      registered: Type.Number(),
      /** Rows of the table of devices. */
      rows: Type.Number(),
      /** Keys of the users' Redis by kind, and the memory of that server. */
      redisKeys: Type.Record(Type.String(), Type.Number()),
      redisMib: Type.Number(),
      cost: Cost,
      /** To the first size. */
      ratio: Type.Number(),
    }),
  ),
});

export type Conditions = Static<typeof Conditions>;
export type PushResult = Static<typeof PushResult>;
export type ConnectionsResult = Static<typeof ConnectionsResult>;
export type BroadcastResult = Static<typeof BroadcastResult>;
export type FlatnessResult = Static<typeof FlatnessResult>;
export type ScalingResult = Static<typeof ScalingResult>;
export type Result = PushResult | ConnectionsResult | BroadcastResult | FlatnessResult | ScalingResult;

export const schemas = {
  push: PushResult,
  connections: ConnectionsResult,
  broadcast: BroadcastResult,
  flatness: FlatnessResult,
  scaling: ScalingResult,
} satisfies Record<Result['kind'], TSchema>;
