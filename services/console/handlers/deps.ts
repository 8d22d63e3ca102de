import type { Logger } from '../../common/log.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { Config } from '../config.ts';
import type { IdentityProvider } from '../edges/identity-provider.ts';
import type { Looking } from '../looking.ts';
import type { ConsoleMetrics } from '../metrics.ts';
import type { Passwords } from '../passwords.ts';
import type { Sessions } from '../sessions.ts';

/** What handlers are composed of. */
export interface HandlerDeps {
  mysql: Client<UserMysqlCalls>;
  redis: Client<UserRedisCalls>;
  sessions: Sessions;
  passwords: Passwords;
  config: Readonly<Config>;
  metrics: ConsoleMetrics;
  log: Logger;
  now: () => number;
  /** Undefined: signing in by OpenID Connect is closed. */
  provider: IdentityProvider | undefined;
  /** Of addresses that limits leave alone. */
  isExempt: (address: string) => boolean;
  looking: Looking;
}
