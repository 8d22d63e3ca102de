import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startMariadb } from '../../test/rigs/mariadb.ts';
import { startRedis } from '../../test/rigs/redis.ts';
import type { BusKind } from './args.ts';
import { createDatabase } from './edges/database.ts';
import type { PortFinder } from './ports.ts';
import type { Unit } from './supervised.ts';

/** The stores of one system, and where each is reached once it has started. */
export interface Stores {
  units: Unit[];
  /** Of the users' Redis, with its database. */
  redisUrl: () => string;
  /** Of the bus' Redis, with its database; empty with Kafka. */
  busRedisUrl: () => string;
  mysqlUrl: () => string;
  /** host:port; empty without Kafka. */
  kafkaBrokers: () => string;
  /** Of the unit, by its instance name. */
  urlOf: (instance: string) => string | undefined;
}

/** Number of the bus' database. Not 0, as both were in one Redis once. */
const busDatabase = 1;

/**
 * Each store lives in a folder of its own and comes back there, on the same port, with the same data. The users' Redis is a view of the
 * bus: after a loss of power it is filled again, so it flushes its file once a second. The bus' own flushes it before each answer.
 */
export async function planStores(dataDir: string, bus: BusKind, ports: PortFinder): Promise<Stores> {
  const urls = new Map<string, string>();
  const urlOf = (instance: string): string => urls.get(instance) ?? '';
  const [redisPort, mysqlPort, busPort] = [await ports.free(), await ports.free(), await ports.free()];
  const parted = bus === 'redis' && partRedis(dataDir);
  const store = (role: string, start: () => Promise<{ url: string; running: Awaited<ReturnType<Unit['start']>> }>) => ({
    role,
    instance: `${role}-1`,
    ops: null,
    start: async () => {
      const { url, running } = await start();
      urls.set(`${role}-1`, url);
      return running;
    },
  });
  const units: Unit[] = [
    store('redis', async () => {
      const running = await startRedis({
        dir: join(dataDir, 'redis'),
        port: redisPort,
        args: ['--appendfsync', 'everysec'],
      });
      if (parted) await emptyDatabase(`${running.url}/${busDatabase}`);
      return { running, url: running.url };
    }),
    store('mariadb', async () => {
      const running = await startMariadb({ dir: join(dataDir, 'mariadb'), port: mysqlPort });
      return { running, url: await createDatabase(running.url, 'longwire') };
    }),
  ];
  if (bus === 'redis') {
    units.push(
      store('bus-redis', async () => {
        const running = await startRedis({ dir: join(dataDir, 'bus-redis'), port: busPort });
        if (parted) await emptyDatabase(`${running.url}/0`);
        return { running, url: running.url };
      }),
    );
  } else {
    units.push(
      store('kafka', async () => {
        // Loaded where it is wanted: with its client it is the largest part of what would be read at every start.
        const { startKafka } = await import('../../test/rigs/kafka.ts');
        const running = await startKafka({ dir: join(dataDir, 'kafka'), port: busPort });
        return { running, url: running.brokers.toString() };
      }),
    );
  }
  return {
    units,
    redisUrl: () => `${urlOf('redis-1')}/0`,
    busRedisUrl: () => (bus === 'redis' ? `${urlOf('bus-redis-1')}/${busDatabase}` : ''),
    mysqlUrl: () => urlOf('mariadb-1'),
    kafkaBrokers: () => urlOf('kafka-1'),
    urlOf: (instance) => urls.get(instance),
  };
}

/** Copies the one Redis that users and bus had in folders of before. @returns whether this was one: then each is to empty what is the other's. */
function partRedis(dataDir: string): boolean {
  const [both, ofBus] = [join(dataDir, 'redis'), join(dataDir, 'bus-redis')];
  if (existsSync(ofBus) || !existsSync(both)) return false;
  const unfinished = `${ofBus}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(both, unfinished, { recursive: true });
  renameSync(unfinished, ofBus);
  return true;
}

async function emptyDatabase(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}
