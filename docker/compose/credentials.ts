import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Installation, openInstallation } from '../../scripts/up/installation.ts';
import { databaseOf, lines, root } from './places.ts';

/**
 * Makes what `compose.yaml` calls credentials, at the first start alone, and from them the configuration of each role: a file
 * that holds what this role has to know and no other's secrets.
 */
for (const line of lines) {
  const folder = join(root, 'installation', line);
  mkdirSync(folder, { recursive: true });
  const installation = openInstallation(folder, 'kafka');
  const mysqlPassword = kept(join(folder, 'mysql-password'));
  for (const [role, config] of Object.entries(configurations(line, installation, mysqlPassword))) {
    // Only the containers that have this volume see it; they run as a user of their own.
    writeFileSync(join(root, line, role, 'config.json'), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o644 });
  }
}
kept(join(root, 'mysql/root-password'), 0o644);

/** The secret in the file, made if there is none. */
function kept(file: string, mode = 0o600): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode });
  return readFileSync(file, 'utf8');
}

function configurations(line: string, installation: Installation, mysqlPassword: string) {
  const own = { internalSecrets: [installation.internalSecret] };
  const bus = { bus: 'kafka', busKafkaBrokers: ['kafka:9092'], topicPrefix: line };
  const users = {
    userRedisUrl: `http://${line}-user-redis:7101`,
    userMysqlUrl: `http://${line}-user-mysql:7102`,
    identityKeys: [installation.identityKey],
  };
  const { user, database } = databaseOf(line);
  return {
    'user-redis': { ...own, redisUrl: 'redis://redis:6379/0', keyPrefix: line },
    'user-mysql': {
      ...own,
      ...bus,
      mysqlUrl: `mysql://${user}:${mysqlPassword}@mysql:3306/${database}`,
      channelSecretsKeys: [installation.channelSecretsKey],
    },
    im: {
      ...{ ...own, ...bus, ...users },
      tokenKeys: [installation.tokenKey],
      webPushSubject: 'mailto:operator@example.com',
      webPushPublicKey: installation.webPush.publicKey,
      webPushPrivateKey: installation.webPush.privateKey,
    },
    cm: { ...own, ...bus, ...users },
    console: {
      ...{ ...own, userRedisUrl: users.userRedisUrl, userMysqlUrl: users.userMysqlUrl },
      imUrl: `http://${line}-im:8080`,
      firstPassword: installation.console.password,
      // Published on this machine's loopback alone, as plain http.
      secureCookie: false,
    },
  };
}
