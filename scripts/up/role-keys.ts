import { Config as CmConfig } from '../../services/cm/config.ts';
import type { KeyOptions } from '../../services/common/config.ts';
import { Config as ConsoleConfig } from '../../services/console/config.ts';
import { Config as ImConfig } from '../../services/im/config.ts';
import { Config as UserMysqlConfig } from '../../services/user-mysql/config.ts';
import { Config as UserRedisConfig } from '../../services/user-redis/config.ts';
import type { Role } from './args.ts';

/** The keys of each role that may be given to `up`: those of one instance alone, and the secret that all share, are its own to set. */
export const roleKeys: Record<Role | 'console', string[]> = {
  cm: keysOf(CmConfig.properties),
  console: keysOf(ConsoleConfig.properties),
  im: keysOf(ImConfig.properties),
  'user-mysql': keysOf(UserMysqlConfig.properties),
  'user-redis': keysOf(UserRedisConfig.properties),
};

function keysOf(properties: Record<string, object>): string[] {
  return Object.keys(properties).filter(
    (key) => (properties[key] as Partial<KeyOptions>).own !== true && key !== 'internalSecrets',
  );
}
