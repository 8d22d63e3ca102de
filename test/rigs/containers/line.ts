import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../../scripts/up/args.ts';
import type { Installation } from '../../../scripts/up/installation.ts';
import { nameForContainers } from '../test-host.ts';
import type { Fleet } from './fleet.ts';
import { serviceTag } from './images.ts';

export const ports = { api: 8080, sdk: 8081, 'user-redis': 7101, 'user-mysql': 7102, ops: 7100 } as const;

export interface LineOptions {
  /** Its images, network and names. */
  line: string;
  /** Of its keys in Redis and its topics. */
  prefix: string;
  installation: Installation;
  dataDir: string;
  /** Of its own database, as user-mysql is to reach it. */
  mysqlUrl: string;
  /** File with certificates (PEM) that its containers trust besides. */
  trusted?: string;
}

/** What one instance has that others of its role have not. */
export interface Extra {
  env?: Record<string, string>;
  /** Names by which it is known to the line besides. */
  names?: string[];
  /** Of a CM: it says itself where it is reached, as a pod does; else it is told, by name. */
  byAddress?: boolean;
}

/**
 * One product line in containers, on the networks that `docker/compose.yaml` gives: nothing but user-redis reaches Redis, nothing
 * but user-mysql MySQL. Each runs with a read-only root, no capability, no way to new ones, as a user that no image knows.
 */
export class Line {
  readonly options: LineOptions;
  #fleet: Fleet;

  /** The networks `outside` and `redis`, `mysql`, `kafka` are there; its own, called as the line is, too. */
  constructor(fleet: Fleet, options: LineOptions) {
    this.#fleet = fleet;
    this.options = options;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** @param name of the container and the instance, one that no other of the fleet has */
  async add(role: Role, name: string, { env, names = [], byAddress = false }: Extra = {}): Promise<void> {
    const { line, trusted } = this.options;
    const config = join(this.#folder, `${role}.json`);
    writeFileSync(config, JSON.stringify(this.configOf(role)));
    const networks: Record<Role, string[]> = {
      'user-redis': ['redis'],
      'user-mysql': ['mysql', 'kafka'],
      im: ['kafka', 'outside'],
      cm: ['kafka', 'outside'],
    };
    await this.#fleet.start(name, {
      image: serviceTag(line, role),
      networks: {
        [line]: [name, `${line}-${role}`, ...names],
        ...Object.fromEntries(networks[role].map((network) => [network, []])),
      },
      env: {
        LONGWIRE_CONFIG: '/run/longwire/config.json',
        LONGWIRE_INSTANCE: name,
        ...(role === 'cm' && !byAddress ? { LONGWIRE_ADVERTISED_ADDRESS: `http://${name}:${ports.ops}` } : {}),
        ...(trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: '/run/longwire/trusted.pem' }),
        ...env,
      },
      mounts: [
        { source: config, target: '/run/longwire/config.json', mode: 'ro' },
        ...(trusted === undefined
          ? []
          : [{ source: trusted, target: '/run/longwire/trusted.pem', mode: 'ro' as const }]),
      ],
      ...(role === 'im'
        ? { hosts: [{ host: nameForContainers, ipAddress: await this.#fleet.gateway('outside') }] }
        : {}),
      locked: true,
    });
  }

  get #folder(): string {
    return join(this.options.dataDir, 'config', this.options.line);
  }

  /** What its containers read, each role what it has to know and no other's secrets. */
  configOf(role: Role): object {
    const { line, prefix, installation, mysqlUrl } = this.options;
    const own = { internalSecrets: [installation.internalSecret] };
    const bus = { bus: 'kafka', busKafkaBrokers: ['kafka:9092'], topicPrefix: prefix };
    const users = {
      userRedisUrl: `http://${line}-user-redis:${ports['user-redis']}`,
      userMysqlUrl: `http://${line}-user-mysql:${ports['user-mysql']}`,
      identityKeys: [installation.identityKey],
      // All clients of a test come from the gateway of its network.
      addressLimitExempt: ['0.0.0.0/0'],
    };
    switch (role) {
      case 'user-redis':
        return { ...own, redisUrl: 'redis://redis:6379/0', keyPrefix: prefix };
      case 'user-mysql':
        return { ...own, ...bus, mysqlUrl, channelSecretsKeys: [installation.channelSecretsKey] };
      case 'cm':
        return { ...own, ...bus, ...users };
      case 'im':
        return {
          ...{ ...own, ...bus, ...users },
          tokenKeys: [installation.tokenKey],
          webPushSubject: 'mailto:operator@example.com',
          webPushPublicKey: installation.webPush.publicKey,
          webPushPrivateKey: installation.webPush.privateKey,
          callbackAllowInternal: true,
          channelAllowInternal: true,
        };
    }
  }
}
