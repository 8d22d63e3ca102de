import { join } from 'node:path';
import { startMariadb } from '../../test/rigs/mariadb.ts';
import { startRedis } from '../../test/rigs/redis.ts';
import type { BusKind } from './args.ts';
import { createDatabase } from './edges/database.ts';
import type { PortFinder } from './ports.ts';
import type { Unit } from './supervised.ts';

/** The stores of one system, and where each is reached once it has started. */
export interface Stores {
  units: Unit[];
  redisUrl: () => string;
  mysqlUrl: () => string;
  /** host:port; empty without Kafka. */
  kafkaBrokers: () => string;
  /** Of the unit, by its instance name. */
  urlOf: (instance: string) => string | undefined;
}

/** Each store lives in a folder of its own and comes back there, on the same port, with the same data. */
export async function planStores(dataDir: string, bus: BusKind, ports: PortFinder): Promise<Stores> {
  const urls = new Map<string, string>();
  const [redisPort, mysqlPort, kafkaPort] = [await ports.free(), await ports.free(), await ports.free()];
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
      const running = await startRedis({ dir: join(dataDir, 'redis'), port: redisPort });
      return { running, url: running.url };
    }),
    store('mariadb', async () => {
      const running = await startMariadb({ dir: join(dataDir, 'mariadb'), port: mysqlPort });
      return { running, url: await createDatabase(running.url, 'longwire') };
    }),
  ];
  if (bus === 'kafka') {
    units.push(
      store('kafka', async () => {
        // Loaded where it is wanted: with its client it is the largest part of what would be read at every start.
        const { startKafka } = await import('../../test/rigs/kafka.ts');
        const running = await startKafka({ dir: join(dataDir, 'kafka'), port: kafkaPort });
        return { running, url: running.brokers.toString() };
      }),
    );
  }
  return {
    units,
    redisUrl: () => urls.get('redis-1') ?? '',
    mysqlUrl: () => urls.get('mariadb-1') ?? '',
    kafkaBrokers: () => urls.get('kafka-1') ?? '',
    urlOf: (instance) => urls.get(instance),
  };
}
