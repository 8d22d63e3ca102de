import type { Registry } from 'prom-client';
import type { Bus, ConsumeOptions } from '../common/bus/bus.ts';
import type { CmNodes } from '../common/cm-nodes.ts';
import type { Health } from '../common/health.ts';
import type { Lifecycle } from '../common/lifecycle.ts';
import type { Logger } from '../common/log.ts';
import type { groupsOf, topicsOf } from '../common/protocol/topics.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import type { PushTraces } from '../common/tracing/push-traces.ts';
import type { CallbackDesk } from './callback/desk.ts';
import type { Config } from './config.ts';

/** What the roles of im are composed of: each starts from these, whichever of them run in one process. */
export interface Parts {
  /** Where operators ask about callbacks. */
  callbackDesk: CallbackDesk;
  bus: Bus;
  redis: Client<UserRedisCalls>;
  mysql: Client<UserMysqlCalls>;
  nodes: CmNodes;
  topics: ReturnType<typeof topicsOf>;
  groups: ReturnType<typeof groupsOf>;
  /** Where consumers put records that cannot be worked on. */
  setAside: NonNullable<ConsumeOptions['setAside']>;
  config: Config;
  registry: Registry;
  health: Health;
  lifecycle: Lifecycle;
  log: Logger;
  /** Undefined where tracing is off. */
  traces: PushTraces | undefined;
}
