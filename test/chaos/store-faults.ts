import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { adminUrlOf } from '../rigs/mariadb.ts';
import { waitFor } from '../rigs/process.ts';
import { commandAt } from '../rigs/redis-command.ts';

/** Longer than any fault. */
const tellMs = 60_000;

/** MariaDB of the rig, by the URL of a service's account, takes no writes for a while. Rejects if it can't be told. */
export async function readOnlyFor(mysqlUrl: string, ms: number): Promise<void> {
  await setReadOnly(mysqlUrl, 1);
  await sleep(ms);
  await untilTold(() => setReadOnly(mysqlUrl, 0));
}

/** The Redis on this port has no memory left for a while. Rejects if it can't be told. */
export async function fullFor(redisPort: number, ms: number): Promise<void> {
  await commandAt(redisPort, 'CONFIG', 'SET', 'maxmemory', '1mb');
  await sleep(ms);
  await untilTold(() => commandAt(redisPort, 'CONFIG', 'SET', 'maxmemory', '0'));
}

/** A store may be frozen or down when a fault is to end: it is told later, or the fault would last for ever. */
async function untilTold(tell: () => Promise<unknown>): Promise<void> {
  await waitFor('the store is told that the fault is over', () => tell().then(() => true), tellMs, 250);
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
