import Type, { type Static } from 'typebox';
import { AppId } from '../../../services/common/protocol/ids.ts';
import { CliError } from '../faults.ts';

const Url = (schemes: string) => Type.Optional(Type.String({ pattern: `^(${schemes})://\\S+$`, maxLength: 1_024 }));
const Secret = Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 }));

/** Where a Longwire is and what opens it: a profile of the profile file, and what flags and environment say. */
export const Place = Type.Object(
  {
    /** Base of the upstream API, without `/v2/…`. */
    api: Url('https?'),
    /** Where devices connect. */
    sdk: Url('wss?'),
    appId: Type.Optional(AppId),
    appKey: Secret,
    masterSecret: Secret,
    userMysql: Url('http'),
    userRedis: Url('http'),
    /** The ops port of any one cm. */
    cm: Url('http'),
    internalSecret: Secret,
    /** Ops ports of instances, `http://host:port`. */
    ops: Type.Optional(Type.Array(Type.String({ pattern: '^https?://\\S+$' }), { maxItems: 500 })),
    redis: Secret,
    busRedis: Secret,
    mysql: Secret,
    kafka: Type.Optional(Type.Array(Type.String({ pattern: '^\\S+:\\d{1,5}$' }), { maxItems: 50 })),
  },
  { additionalProperties: false },
);
export type Place = Static<typeof Place>;
export type PlaceKey = keyof Place;

/** Secrets: never given as flags, as others on the machine can read these. */
export const secretKeys = ['appKey', 'masterSecret', 'internalSecret', 'redis', 'busRedis', 'mysql'] as const;

/** An instance whose ops port is known. */
export interface Instance {
  role: string;
  instance: string;
  /** `http://host:port` */
  ops: string;
  /** Of a process on this machine. */
  pid?: number;
}

/** The Longwire that a command speaks to. */
export interface Target extends Place {
  /** Which one it is, for people. */
  from: string;
  /** Those that are known by name; those of `ops` are asked who they are. */
  instances: Instance[];
  /** The demo device of a system that `npm run up` runs. */
  demoCid?: string;
}

const howToSay: Record<PlaceKey, string> = {
  api: '--api URL or LONGWIRE_API_URL',
  sdk: 'LONGWIRE_SDK_URL',
  appId: '--app ID or LONGWIRE_APP_ID',
  appKey: 'LONGWIRE_APP_KEY',
  masterSecret: 'LONGWIRE_MASTER_SECRET',
  userMysql: '--user-mysql URL or LONGWIRE_USER_MYSQL_URL',
  userRedis: '--user-redis URL or LONGWIRE_USER_REDIS_URL',
  cm: '--cm URL or LONGWIRE_CM_URL',
  internalSecret: 'LONGWIRE_INTERNAL_SECRETS',
  ops: '--ops URL,URL or LONGWIRE_OPS_URLS',
  redis: 'LONGWIRE_REDIS_URL',
  busRedis: 'LONGWIRE_BUS_REDIS_URL',
  mysql: 'LONGWIRE_MYSQL_URL',
  kafka: 'LONGWIRE_BUS_KAFKA_BROKERS',
};

/** @throws CliError that says how it can be given. */
export function need<K extends PlaceKey>(target: Target, key: K): NonNullable<Place[K]> {
  const value = target[key];
  if (value !== undefined) return value as NonNullable<Place[K]>;
  throw new CliError('usage', `${key} is not known of ${target.from}: ${howToSay[key]} says it, or a profile`);
}

/** Where a key may be given, for messages. */
export const sayOf = (key: PlaceKey): string => howToSay[key];
