import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { startMariadb } from '../../test/rigs/mariadb.ts';
import { freePort, startProcess, waitFor } from '../../test/rigs/process.ts';
import { openTcp } from '../../test/rigs/raw-sockets.ts';
import { startRedis } from '../../test/rigs/redis.ts';
import type { BareSystem } from './bare-target.ts';
import type { HopsOptions } from './hops.ts';

const script = new URL('./hops.ts', import.meta.url).pathname;
const tables = [
  'CREATE DATABASE hops',
  'USE hops',
  'CREATE TABLE delivery (task VARCHAR(64), device INT, target_at BIGINT, arrived_at BIGINT, PRIMARY KEY (task, device))',
  'CREATE TABLE task (task VARCHAR(64) PRIMARY KEY, target_n INT, arrived_n INT)',
  'CREATE TABLE read_up_to (name VARCHAR(20) PRIMARY KEY, at BIGINT)',
];

/** The hops of a push, with stores of their own. */
export async function startHops(folder: string): Promise<BareSystem> {
  mkdirSync(folder, { recursive: true });
  const [redis, mariadb] = [
    await startRedis({ dir: join(folder, 'redis') }),
    await startMariadb({ dir: join(folder, 'mariadb') }),
  ];
  const sql = await createConnection({ uri: mariadb.url });
  for (const statement of tables) await sql.query(statement);
  const ports = {
    im: await freePort(),
    'user-redis': await freePort(),
    cm: await freePort(),
    devices: await freePort(),
  };
  const options: HopsOptions = { redis: redis.url, mysql: `${mariadb.url}/hops`, ports };
  const start = async (role: string, port?: number) => {
    const args = [script, role, JSON.stringify(options)];
    const started = await startProcess({ command: process.execPath, args, logFile: join(folder, `${role}.log`) });
    const listens = (): Promise<boolean> =>
      openTcp({ port: port! }).then(
        (socket) => Boolean(socket.destroy()),
        () => false,
      );
    if (port !== undefined) await waitFor(`${role} listens`, listens);
    return { role, ...started };
  };
  // Each after those that it calls.
  const processes = [await start('user-mysql'), await start('user-redis', ports['user-redis'])];
  processes.push(await start('cm', ports.cm), await start('im', ports.im));
  return {
    url: `http://127.0.0.1:${ports.im}`,
    devicesUrl: `ws://127.0.0.1:${ports.devices}/`,
    pids: () => ({
      ...Object.fromEntries(processes.map(({ role, pid }) => [role, [pid]])),
      ...{ redis: [redis.pid], mariadb: [mariadb.pid] },
    }),
    async counted(pushed) {
      const [rows] = await sql.query('SELECT COUNT(*) AS tasks FROM task');
      return (rows as { tasks: number }[])[0]!.tasks >= pushed;
    },
    async stop() {
      await sql.end();
      for (const one of [...processes.toReversed(), redis, mariadb]) await one.end();
    },
  };
}
