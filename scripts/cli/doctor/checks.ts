import { agreement, configuration, partitions } from './checks/agreement.ts';
import { certificates } from './checks/certificates.ts';
import { clocks } from './checks/clocks.ts';
import { consoleAddresses } from './checks/console.ts';
import { kafkaReplication, kafkaRetention } from './checks/kafka.ts';
import { mysqlConnections, mysqlDurability, mysqlTimeZone, mysqlVersion } from './checks/mysql.ts';
import { nodeVersion } from './checks/node-version.ts';
import { openFiles } from './checks/open-files.ts';
import { instancesReady, reachability } from './checks/reachability.ts';
import { redisMemory } from './checks/redis-memory.ts';
import { redisPersistence } from './checks/redis-persistence.ts';
import { redisLatency, redisVersion } from './checks/redis-server.ts';
import { replayWindow, restartWindow } from './checks/replay.ts';
import { channelKeys, internalSecrets, sharedSecrets } from './checks/secrets.ts';
import { somaxconn } from './checks/somaxconn.ts';
import type { Check } from './finding.ts';

/** All checks, in the order of the report. */
export const checks: Check[] = [
  ...[nodeVersion, openFiles, somaxconn, clocks],
  ...[redisMemory, redisPersistence, redisVersion, redisLatency],
  ...[mysqlVersion, mysqlDurability, mysqlTimeZone, mysqlConnections],
  ...[kafkaReplication, kafkaRetention],
  ...[instancesReady, reachability, configuration, internalSecrets, sharedSecrets, channelKeys, partitions, agreement],
  consoleAddresses,
  ...[certificates, replayWindow, restartWindow],
];
