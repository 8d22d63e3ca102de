import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { adminUrlOf } from '../rigs/mariadb.ts';
import { commandAt } from '../rigs/redis-command.ts';

/** MariaDB of the rig, by the URL of a service's account, takes no writes for a while. Rejects if it can't be told. */
export async function readOnlyFor(mysqlUrl: string, ms: number): Promise<void> {
  await setReadOnly(mysqlUrl, 1);
  await sleep(ms);
  await setReadOnly(mysqlUrl, 0);
}

/** The Redis on this port has no memory left for a while. Rejects if it can't be told. */
export async function fullFor(redisPort: number, ms: number): Promise<void> {
  await commandAt(redisPort, 'CONFIG', 'SET', 'maxmemory', '1mb');
  await sleep(ms);
  await commandAt(redisPort, 'CONFIG', 'SET', 'maxmemory', '0');
}

async function setReadOnly(mysqlUrl: string, value: 0 | 1): Promise<void> {
  const connection = await createConnection({ uri: adminUrlOf(mysqlUrl), connectTimeout: 5_000 });
  connection.on('error', () => {});
  try {
    await connection.query(`SET GLOBAL read_only = ${value}`);
  } finally {
    connection.destroy();
  }
}
