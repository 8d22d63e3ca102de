import type { Logger } from '../../common/log.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { Config } from '../config.ts';

/** What handlers are composed of. */
export interface HandlerDeps {
  mysql: Client<UserMysqlCalls>;
  redis: Client<UserRedisCalls>;
  config: Readonly<Config>;
  log: Logger;
  now: () => number;
}
