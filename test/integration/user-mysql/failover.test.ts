import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Availability } from '../../../services/user-mysql/availability.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { migrate, readMigrations } from '../../../services/user-mysql/edges/migrations.ts';
import { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';
import { adminUrlOf, type MariadbServer } from '../../rigs/mariadb.ts';
import { startDatabase } from '../../rigs/mysql.ts';
import { waitFor } from '../../rigs/process.ts';
import { startProxy } from '../../rigs/tcp-proxy.ts';
import { cidOf, instanceOn, migrationsFolder } from './fixtures.ts';

const app = 'app1';
const name = 'line';
const dir = mkdtempSync(join(tmpdir(), 'longwire-read-only-'));
let servers: MariadbServer[];

beforeAll(async () => {
  // One password, so that the address alone tells them apart.
  servers = await Promise.all(
    ['a', 'b'].map((folder) => startDatabase({ dir: join(dir, folder), password: 'secret' })),
  );
  for (const server of servers) {
    await administer(server, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    const database = new MysqlDatabase({
      url: `${server.url}/${name}`,
      poolSize: 2,
      queueLimit: 10,
      deadlineMs: 15_000,
    });
    await migrate(database, readMigrations(migrationsFolder), Date.now);
    await database.close();
  }
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.end()));
  rmSync(dir, { recursive: true, force: true });
});

async function administer({ url }: MariadbServer, sql: string): Promise<void> {
  const connection = await createConnection({ uri: adminUrlOf(url) });
  await connection.query(sql);
  await connection.end();
}

/** Behind an address whose server can change. */
async function behindProxy(poolSize = 4) {
  const [first, second] = servers as [MariadbServer, MariadbServer];
  const proxy = await startProxy(first.port);
  const database = instanceOn(`${first.url.replace(/:\d+$/, `:${proxy.port}`)}/${name}`, {
    deadlineMs: 2_000,
    poolSize,
  });
  onTestFinished(async () => {
    await administer(first, 'SET GLOBAL read_only = 0');
    await proxy.close();
  });
  return { first, second, proxy, database };
}

async function portOf(database: MysqlDatabase): Promise<number | undefined> {
  const [row] = await database.rows<{ port: number }>('SELECT @@port AS port');
  return row?.port;
}

test('a server that turns read-only under live connections: writes are unavailable, then go to whoever has its address now', async () => {
  const { first, second, proxy, database } = await behindProxy();
  const calls = createCalls(database, Date.now);
  const bind = (cid: number) => calls.bindAliases({ app, list: [{ cid: cidOf(cid), alias: `alias-${cid}` }] });
  await bind(1);
  // Several idle connections to it.
  await Promise.all([1, 2, 3, 4].map(() => database.rows('SELECT SLEEP(0.1)')));

  await administer(first, 'SET GLOBAL read_only = 1');
  await expect(bind(2)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(bind(2)).rejects.toMatchObject({ code: 'unavailable' });
  expect((await calls.cidsOf({ items: [{ app, alias: 'alias-1' }] })).results).toEqual([{ cids: [cidOf(1)] }]);

  proxy.target = second.port;
  await expect(bind(2)).rejects.toMatchObject({ code: 'unavailable' });
  // That was the last word of the old one: no idle connection to it is asked again.
  await bind(2);
  expect(await Promise.all([1, 2, 3].map(() => portOf(database)))).toEqual([1, 2, 3].map(() => second.port));
});

test('one that turns read-only while nobody writes is left as well, and it is said once', async () => {
  const { first, second, proxy, database } = await behindProxy(1);
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const availability = new Availability(database, log, 20, () => database.renew());
  availability.start();
  onTestFinished(() => availability.stop());
  await waitFor('MySQL answers', () => availability.up);
  expect(await portOf(database)).toBe(first.port);
  proxy.target = second.port;
  expect(await portOf(database)).toBe(first.port);
  await administer(first, 'SET GLOBAL read_only = 1');
  await waitFor('the other one', async () => (await portOf(database)) === second.port);
  await waitFor('it is said', () => lines.length >= 3);
  expect(lines).toEqual(['MySQL answers', 'MySQL takes no writes', 'MySQL takes writes']);
});
