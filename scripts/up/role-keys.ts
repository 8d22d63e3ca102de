import { Config as CmConfig } from '../../services/cm/config.ts';
import { Config as ImConfig } from '../../services/im/config.ts';
import { Config as UserMysqlConfig } from '../../services/user-mysql/config.ts';
import { Config as UserRedisConfig } from '../../services/user-redis/config.ts';
import type { Role } from './args.ts';

/** What tells instances on one machine apart, and what they share: `up` alone sets it. */
const ownOfUp = ['instance', 'host', 'port', 'opsPort', 'sharePort', 'internalSecrets'];

/** The keys that each role's configuration has and that may be given to `up`. */
export const roleKeys: Record<Role, string[]> = {
  cm: keysOf(CmConfig.properties),
  im: keysOf(ImConfig.properties),
  'user-mysql': keysOf(UserMysqlConfig.properties),
  'user-redis': keysOf(UserRedisConfig.properties),
};

function keysOf(properties: object): string[] {
  return Object.keys(properties).filter((key) => !ownOfUp.includes(key));
}
