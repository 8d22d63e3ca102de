import { engineAvailable } from '../rigs/containers/engine.ts';
import { mysqlImageVariable } from '../rigs/mysql.ts';
import { redisImageVariable } from '../rigs/redis.ts';

/** The stores of public images, and the tests that belong to each. */
const stores = [
  { name: 'mysql-8.4', tests: 'user-mysql', env: { [mysqlImageVariable]: 'mysql:8.4' } },
  { name: 'redis-8', tests: 'user-redis', env: { [redisImageVariable]: 'redis:8' } },
  { name: 'valkey-8', tests: 'user-redis', env: { [redisImageVariable]: 'valkey/valkey:8' } },
  { name: 'redis-7', tests: 'user-redis', env: { [redisImageVariable]: 'redis:7' } },
];

/** The integration tests of user-mysql and user-redis once more, on each of these; where there can't be an engine, one that says so. */
export function storesProjects() {
  const available = process.env['DOCKER_HOST'] !== undefined || engineAvailable().ok;
  if (!available) return [{ test: { name: 'stores-absent', include: ['test/stores/absent.test.ts'] } }];
  return stores.map(({ name, tests, env }) => ({
    test: {
      name: `stores-${name}`,
      include: [`test/stores/${tests}.test.ts`, `test/integration/${tests}/**/*.test.ts`],
      globalSetup: ['test/rigs/stores-setup.ts'],
      env,
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  }));
}
