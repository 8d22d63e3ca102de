import type { Bus } from '../../common/bus/bus.ts';
import type { Identity } from '../../common/identity.ts';
import type { Logger } from '../../common/log.ts';
import type { blacklistCalls, blackMarkCalls } from '../../common/protocol/black-calls.ts';
import type { deviceCalls } from '../../common/protocol/device-calls.ts';
import type { quotaCalls } from '../../common/protocol/quota-calls.ts';
import type { tagCalls } from '../../common/protocol/tag-calls.ts';
import type { topicsOf } from '../../common/protocol/topics.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Route, UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import type { AuthLimits } from './auth-limits.ts';
import type { ApiMetrics } from './metrics.ts';

export interface ApiLimits {
  /** Largest body of a request. */
  bodyBytes: number;
  /** Messages waiting for one device, from which on a push to it is refused. */
  maxDepth: number;
  /** How long a connection may wait for its next request. */
  keepAliveMs: number;
  /** How long one request may take, its arrival not counted. */
  handlerTimeoutMs: number;
  /** How long the bus may take to accept. Less than `reservationLeaseMs`. */
  publishTimeoutMs: number;
  /** How long a repeat waits for the first one of its request_id. Less than `handlerTimeoutMs`. */
  repeatWaitMs: number;
  /** After this long without an answer another request may take a request_id over: its holder is taken for dead. */
  reservationLeaseMs: number;
}

export const defaultApiLimits: ApiLimits = {
  bodyBytes: 4 * 1024 * 1024,
  maxDepth: 10_000,
  keepAliveMs: 75_000,
  handlerTimeoutMs: 20_000,
  publishTimeoutMs: 5_000,
  repeatWaitMs: 10_000,
  reservationLeaseMs: 10_000,
};

/** The limits with those of the configuration, as these are each time they are read. */
export function liveApiLimits(config: { readonly maxQueueDepth: number; readonly keepAliveMs: number }): ApiLimits {
  return {
    ...defaultApiLimits,
    get maxDepth() {
      return config.maxQueueDepth;
    },
    get keepAliveMs() {
      return config.keepAliveMs;
    },
  };
}

export type UserRedisOfApi = Pick<
  Client<UserRedisCalls>,
  | keyof typeof blackMarkCalls
  | keyof typeof quotaCalls
  | 'accept'
  | 'status'
  | 'reserve'
  | 'settle'
  | 'release'
  | 'countRate'
  | 'revokeToken'
  | 'tokenRevoked'
  | 'stopTasks'
  | 'broadcastCounts'
>;

export type UserMysqlOfApi = Pick<
  Client<UserMysqlCalls>,
  | keyof typeof tagCalls
  | keyof typeof deviceCalls
  | keyof typeof blacklistCalls
  | 'app'
  | 'devices'
  | 'bindAliases'
  | 'unbindAliases'
  | 'dropAlias'
  | 'aliasesOf'
  | 'cidsOf'
  | 'taskCounts'
  | 'deviceEvents'
  | 'groupCounts'
  | 'periodCounts'
  | 'userDay'
  | 'onlinePoints'
  | 'markStopped'
  | 'saveTask'
  | 'savedTask'
  | 'saveSchedules'
  | 'scheduleOf'
  | 'cancelSchedule'
>;

/** All that the API is given. */
export interface ApiDeps {
  userRedis: UserRedisOfApi;
  userMysql: UserMysqlOfApi;
  publish: Bus['publish'];
  /** Ends connections of devices, on whichever nodes they are. @throws LongwireError retryable */
  kick: (routes: Route[], reason: 'blacklisted') => Promise<void>;
  topics: Pick<ReturnType<typeof topicsOf>, 'route' | 'task' | 'broadcast' | 'receipt'>;
  routePartitions: number;
  identity: Pick<Identity, 'ownsCid' | 'messageId'>;
  /** Keys of the tokens of this API: the first signs, any verifies. */
  tokenKeys: string[];
  /** Name of this instance. */
  instance: string;
  log: Logger;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  metrics: ApiMetrics;
  /** ms since the Unix epoch. */
  now: () => number;
  /** How long an app is taken as it was read. */
  appCacheMs: number;
  limits: ApiLimits;
  authLimits: AuthLimits;
  /** Connections of the API, in all and of one address; a bound of its own without it. */
  room?: { most: number; mostOfAddress: number };
  proxies: {
    isTrusted: (address: string) => boolean;
    /** Whether limits by address leave it alone. */
    isExempt: (address: string) => boolean;
    /** Their connections begin with a PROXY header. */
    proxyProtocol: boolean;
  };
}
