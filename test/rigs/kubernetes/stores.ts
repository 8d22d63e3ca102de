import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Manifest } from '../../../scripts/kubernetes/render.ts';
import { createDatabase } from '../../../scripts/up/edges/database.ts';
import { type KafkaServer, startKafka } from '../kafka.ts';
import { type MariadbServer, startMariadb } from '../mariadb.ts';
import { type RedisServer, startRedis } from '../redis.ts';

/** Stores beside a cluster, as `components/external-stores` has them: servers of this machine that pods reach. */
export interface Stores {
  address: string;
  redis: RedisServer & { password: string };
  mariadb: MariadbServer;
  kafka: KafkaServer;
  stop(): Promise<void>;
}

export const database = 'longwire_push';

/** Those that Services of `components/external-stores` lead to. */
export const usualPorts = { redis: 6379, mysql: 3306, kafka: 9092 };

/** @param ports free ones, if none are given */
export async function startStores(
  dir: string,
  address: string,
  ports: Partial<typeof usualPorts> = {},
): Promise<Stores> {
  const password = randomBytes(16).toString('hex');
  const starting = [
    startRedis({ dir: join(dir, 'redis'), host: address, password, ...portOf(ports.redis) }),
    startMariadb({ dir: join(dir, 'mariadb'), host: address, ...portOf(ports.mysql) }),
    startKafka({ dir: join(dir, 'kafka'), host: address, ...portOf(ports.kafka) }),
  ] as const;
  const stop = async (): Promise<void> => {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.end()));
  };
  try {
    const [redis, mariadb, kafka] = await Promise.all(starting);
    await createDatabase(mariadb.url, database);
    return { address, redis: { ...redis, password }, mariadb, kafka, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function portOf(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}

/** The address of this machine that another one sees when it is called from here. */
export async function addressTowards(other: string): Promise<string> {
  const socket = createSocket(other.includes(':') ? 'udp6' : 'udp4');
  try {
    // Sends nothing: it is the kernel's table of routes that answers.
    socket.connect(9, other);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}

/**
 * Puts stores, or what else is outside of a line, where the manifests have addresses of the documentation's range, into slices and
 * policies alike. `ports` says which.
 */
export function placeStores(manifests: Manifest[], address: string, ports: Record<string, number>): Manifest[] {
  return structuredClone(manifests).map((manifest) => {
    const { kind, metadata } = manifest;
    const store = metadata.labels?.['kubernetes.io/service-name'] ?? metadata.name.replace(/^to-/, '');
    const port = ports[store];
    if (port === undefined) return manifest;
    if (kind === 'EndpointSlice') {
      const [named] = manifest['ports'] as object[];
      Object.assign(manifest, { endpoints: [{ addresses: [address] }], ports: [{ ...named, port }] });
    }
    if (kind === 'NetworkPolicy' && metadata.name.startsWith('to-')) {
      const egress = [{ to: [{ ipBlock: { cidr: `${address}/32` } }], ports: [{ protocol: 'TCP', port }] }];
      Object.assign(manifest['spec'] as object, { egress });
    }
    return manifest;
  });
}
