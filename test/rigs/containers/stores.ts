import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { createDatabase } from '../../../scripts/up/edges/database.ts';
import { waitFor } from '../process.ts';
import { Balancer } from './balancer.ts';
import type { Fleet } from './fleet.ts';

export const rootPassword = 'a-password-of-tests';

/**
 * Redis, MySQL and Kafka in containers, each on an internal network of its own, under the names that `docker/compose.yaml` gives.
 *
 * @returns where processes on the host find Kafka, which says by itself where it is: to be stopped
 */
export async function startStores(fleet: Fleet, dataDir: string): Promise<Balancer> {
  for (const network of ['redis', 'mysql', 'kafka']) await fleet.network(network);
  const kafka = await Balancer.start(() => [{ host: fleet.of('kafka-1').addresses['kafka']!, port: 9094 }]);
  const redisDir = join(dataDir, 'redis');
  mkdirSync(redisDir, { recursive: true });
  // Its container writes there as a user of its own.
  chmodSync(redisDir, 0o777);
  await Promise.all([
    fleet.start('redis-1', {
      image: 'redis:7.4-bookworm',
      networks: { redis: ['redis'] },
      mounts: [{ source: redisDir, target: '/data' }],
      command: ['redis-server', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'],
    }),
    fleet.start('mysql-1', {
      image: 'mysql:8.4',
      networks: { mysql: ['mysql'] },
      env: { MYSQL_ROOT_PASSWORD: rootPassword },
      command: ['mysqld', '--performance-schema=OFF', '--innodb-buffer-pool-size=64M'],
    }),
    fleet.start('kafka-1', {
      image: 'apache/kafka:3.9.1',
      networks: { kafka: ['kafka'] },
      env: kafkaEnv(kafka.address),
    }),
  ]);
  await waitFor('MySQL answers', () => mysqlAnswers(fleet), 120_000, 500);
  return kafka;
}

/** What a test on the host reaches a store by, as it runs now. */
export function redisUrlOf(fleet: Fleet): string {
  return `redis://${fleet.of('redis-1').addresses['redis']}:6379`;
}

export function mysqlUrlOf(fleet: Fleet): string {
  return `mysql://root:${rootPassword}@${fleet.of('mysql-1').addresses['mysql']}:3306`;
}

/** A database of a product line, and an account that sees no other. @returns its URL for containers on MySQL's network. */
export async function databaseOf(fleet: Fleet, name: string): Promise<string> {
  await createDatabase(mysqlUrlOf(fleet), name);
  const connection = await createConnection({ uri: mysqlUrlOf(fleet), connectTimeout: 5_000 });
  try {
    await connection.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${rootPassword}'`);
    await connection.query(`GRANT ALL ON \`${name}\`.* TO '${name}'@'%'`);
  } finally {
    connection.destroy();
  }
  return `mysql://${name}:${rootPassword}@mysql:3306/${name}`;
}

/** The same, for a test on the host. */
export function databaseUrlOf(fleet: Fleet, name: string): string {
  return `mysql://${name}:${rootPassword}@${fleet.of('mysql-1').addresses['mysql']}:3306/${name}`;
}

async function mysqlAnswers(fleet: Fleet): Promise<boolean> {
  const connection = await createConnection({ uri: mysqlUrlOf(fleet), connectTimeout: 2_000 });
  connection.on('error', () => {});
  connection.destroy();
  return true;
}

const kafkaEnv = (forHost: string): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://:9094,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://kafka:9092,HOST://${forHost}`,
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_LOG_DIRS: '/var/lib/kafka/data',
});
