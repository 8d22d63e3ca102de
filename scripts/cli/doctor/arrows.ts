import { parseRedisUrl } from '../../../services/common/redis/address.ts';
import type { Target } from '../target/target.ts';
import type { RoleConfig } from './readings.ts';

/** A way that is to be tried: who goes it, to whom, and where. */
export interface Way {
  from: string;
  to: string;
  host: string;
  port: number;
}

export type ServerPlace = { host: string; port: number };

/**
 * The arrows of docs/networking.md as far as their addresses are known: by the roles' configurations, by what was given, by the leases of
 * cms. Each pair and place once.
 */
export function waysOf(target: Partial<Target>, configs: RoleConfig[], leases: string[]): Way[] {
  const ways: Way[] = [];
  const add = (from: string, to: string, places: ServerPlace[]): void => {
    for (const { host, port } of places) {
      const known = ways.some((one) => one.from === from && one.to === to && one.host === host && one.port === port);
      if (!known) ways.push({ from, to, host, port });
    }
  };
  add('upstreams', 'im', placesOfUrl(target.api));
  add('devices', 'cm', placesOfUrl(target.sdk));
  for (const { role, values } of configs) {
    const text = (key: string): string | undefined =>
      typeof values[key] === 'string' ? (values[key] as string) : undefined;
    add(role, 'user-redis', placesOfUrl(text('userRedisUrl')));
    add(role, 'user-mysql', placesOfUrl(text('userMysqlUrl')));
    add(role, 'im', placesOfUrl(text('imUrl')));
    add(role, 'Prometheus', placesOfUrl(text('prometheusUrl')));
    add(role, 'the identity provider', placesOfUrl(text('oidcIssuer')));
    add(role, 'the users’ Redis', placesOfRedis(text('redisUrl')));
    add(role, 'MySQL', placesOfUrl(text('mysqlUrl')));
    add(
      role,
      'Apollo',
      listOf(values['apolloMeta']).flatMap((one) => placesOfUrl(one.replace(/^[A-Za-z0-9_-]+=/, ''))),
    );
    if (values['bus'] === 'kafka') add(role, 'Kafka', listOf(values['busKafkaBrokers']).flatMap(placeOf));
    else if (values['bus'] === 'redis') add(role, 'the bus’ Redis', placesOfRedis(text('busRedisUrl')));
  }
  const configured = new Set(ways.map(({ to }) => to));
  const given = (from: string, to: string, places: ServerPlace[]): void => {
    if (!configured.has(to)) add(from, to, places);
  };
  given('cm and im', 'user-redis', placesOfUrl(target.userRedis));
  given('cm and im', 'user-mysql', placesOfUrl(target.userMysql));
  given('user-redis', 'the users’ Redis', placesOfRedis(target.redis));
  given('user-mysql', 'MySQL', placesOfUrl(target.mysql));
  if (!configured.has('Kafka')) given('all but user-redis', 'the bus’ Redis', placesOfRedis(target.busRedis));
  given('all but user-redis', 'Kafka', (target.kafka ?? []).flatMap(placeOf));
  for (const address of leases) add('im and cm', 'cm', placesOfUrl(address));
  return ways;
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const defaultPorts: Record<string, number> = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443, 'mysql:': 3306 };

export function placesOfUrl(text: string | undefined): ServerPlace[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { hostname, port, protocol } = new URL(text);
  return [{ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) }];
}

/** Its hosts: the Sentinels or nodes where it has several. */
export function placesOfRedis(text: string | undefined): ServerPlace[] {
  try {
    return text === undefined ? [] : parseRedisUrl(text).hosts;
  } catch {
    return [];
  }
}

function placeOf(broker: string): ServerPlace[] {
  const [, host, port] = /^(.+):(\d+)$/.exec(broker) ?? [];
  return host === undefined ? [] : [{ host, port: Number(port) }];
}
