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
  const stores = await Promise.allSettled([
    startRedis({ dir: join(dir, 'redis') }),
    startMariadb({ dir: join(dir, 'mariadb') }),
  ]);
  const teardown = async (): Promise<void> => {
    await Promise.all(stores.map((store) => (store.status === 'fulfilled' ? store.value.end() : undefined)));
    rmSync(dir, { recursive: true, force: true });
  };
  const [redis, mariadb] = stores;
  if (redis.status === 'rejected' || mariadb.status === 'rejected') {
    await teardown();
    throw redis.status === 'rejected' ? redis.reason : (mariadb as PromiseRejectedResult).reason;
  }
  project.provide('redisUrl', redis.value.url);
  project.provide('mysqlUrl', mariadb.value.url);
  return teardown;
}
