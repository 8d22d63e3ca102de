import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startMariadb } from './mariadb.ts';
import { startRedis } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
    /** `mysql://user:password@host:port`, of a user who may create databases. */
    mysqlUrl: string;
  }
}

/** One Redis and one MariaDB for all integration tests; each test takes a key prefix or a database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-stores-'));
  const [redis, mariadb] = await Promise.all([
    startRedis({ dir: join(dir, 'redis') }),
    startMariadb({ dir: join(dir, 'mariadb') }),
  ]);
  project.provide('redisUrl', redis.url);
  project.provide('mysqlUrl', mariadb.url);
  return async () => {
    await Promise.all([redis.end(), mariadb.end()]);
    rmSync(dir, { recursive: true, force: true });
  };
}
