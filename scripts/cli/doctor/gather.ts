import { type OpsReading, readOps } from '../edges/ops-pages.ts';
import type { Instance, Target } from '../target/target.ts';
import { placesOfRedis, placesOfUrl, waysOf } from './arrows.ts';
import { readCertificate, tryWay } from './edges/connections.ts';
import { askUserRedis, type Callee, trySecret } from './edges/internal-calls.ts';
import { readKafka } from './edges/kafka-cluster.ts';
import { readMachine } from './edges/machine.ts';
import { readMysql } from './edges/mysql-server.ts';
import { readRedis } from './edges/redis-servers.ts';
import { configsOfProcesses } from './edges/role-configs.ts';
import { type Certificate, type Clock, type Readings, type RoleConfig, type SecretTry, unread } from './readings.ts';

/**
 * Takes all readings, each with a deadline of its own, so that what doesn't answer is one that can't be checked.
 *
 * @param target undefined: no Longwire is known, this machine alone is looked at.
 * @param files configurations that files would start roles with.
 */
export async function gather(target: Target | undefined, files: RoleConfig[], nobody: string): Promise<Readings> {
  const asked = (target?.ops ?? []).map((url): Instance => ({ role: '', instance: new URL(url).host, ops: url }));
  const known = target?.instances ?? [];
  const configs = [...configsOfProcesses(known), ...files];
  const text = (role: string, key: string): string | undefined =>
    configs.flatMap((one) =>
      one.role === role && typeof one.values[key] === 'string' ? [one.values[key] as string] : [],
    )[0];
  const userRedis = target?.userRedis ?? text('im', 'userRedisUrl') ?? text('cm', 'userRedisUrl');
  const userMysql = target?.userMysql ?? text('im', 'userMysqlUrl') ?? text('cm', 'userMysqlUrl');
  const secret = target?.internalSecret ?? firstSecret(configs[0]);
  const onKafka = configs.some(({ values }) => values['bus'] === 'kafka') || target?.kafka !== undefined;
  const users = target?.redis ?? text('user-redis', 'redisUrl');
  const busRedis = onKafka ? undefined : (target?.busRedis ?? text('im', 'busRedisUrl') ?? text('cm', 'busRedisUrl'));
  const mysqlUrl = target?.mysql ?? text('user-mysql', 'mysqlUrl');
  const brokers =
    target?.kafka ??
    (configs.find(({ values }) => values['bus'] === 'kafka')?.values['busKafkaBrokers'] as string[] | undefined);
  const prefixes = [
    ...new Set(
      configs.flatMap(({ values }) => (typeof values['topicPrefix'] === 'string' ? [values['topicPrefix']] : [])),
    ),
  ];

  const [instances, usersRead, busRead, mysqlRead, kafka, told] = await Promise.all([
    Promise.all([...known, ...asked].map(readOps)),
    users === undefined ? undefined : readRedis('the users’ Redis', 'users', users),
    busRedis === undefined ? undefined : readRedis('the bus’ Redis', 'bus', busRedis),
    mysqlUrl === undefined ? undefined : readMysql(mysqlUrl),
    brokers === undefined ? unread(kafkaUnknown(onKafka, configs)) : readKafka(brokers, prefixes),
    userRedis === undefined || secret === undefined
      ? { layout: unread('the address or the secret of user-redis is not known'), leases: [] }
      : askUserRedis(userRedis, secret),
  ]);
  const callees = calleesOf(userRedis, userMysql, instances);
  const [arrows, secrets, certificates] = await Promise.all([
    Promise.all(
      waysOf({ ...target, ...(kafka.ok ? { kafka: kafka.value.brokers } : {}) }, configs, told.leases).map(tryWay),
    ),
    Promise.all(secretsOf(target, configs).flatMap(([by, one]) => callees.map((callee) => trySecret(by, one, callee)))),
    readCertificates({
      ...target,
      ...(users === undefined ? {} : { redis: users }),
      ...(busRedis === undefined ? {} : { busRedis }),
    }),
  ]);
  const missing = (name: string, use: 'users' | 'bus') => ({ name, use, servers: unread('its address is not known') });
  const busMissing = onKafka ? [] : [missing('the bus’ Redis', 'bus')];
  return {
    nowMs: Date.now(),
    machine: readMachine(known),
    configs,
    noConfigs: target ? 'no role runs on this machine whose environment may be read; --env ROLE=FILE says one' : nobody,
    instances,
    noInstances: target ? 'no ops port is known: --ops or a profile says some' : nobody,
    redis: [usersRead?.reading ?? missing('the users’ Redis', 'users'), ...(busRead ? [busRead.reading] : busMissing)],
    mysql: mysqlRead?.mysql ?? unread('its address is not known'),
    ...{ kafka, arrows, secrets: distinct(secrets), layout: told.layout, certificates },
    clocks: [
      ...instances.map(clockOf),
      ...[...(usersRead?.clocks ?? []), ...(busRead?.clocks ?? [])],
      ...(mysqlRead ? [mysqlRead.clock] : []),
    ],
  };
}

function kafkaUnknown(onKafka: boolean, configs: RoleConfig[]): string {
  if (onKafka) return 'its brokers are not known';
  return configs.some(({ values }) => values['bus'] === 'redis')
    ? 'there is none: the bus is Redis Streams'
    : 'the bus is not known to be Kafka';
}

function calleesOf(userRedis: string | undefined, userMysql: string | undefined, instances: OpsReading[]): Callee[] {
  const cms = instances.filter(({ instance, state }) => instance.role === 'cm' && state !== 'no answer');
  return [
    ...(userRedis === undefined ? [] : [{ to: 'user-redis', url: userRedis, call: 'nodes' as const }]),
    ...(userMysql === undefined ? [] : [{ to: 'user-mysql', url: userMysql, call: 'app' as const }]),
    ...cms.map(({ instance }) => ({ to: instance.instance, url: instance.ops, call: 'rebalancing' as const })),
  ];
}

/** Secrets that are sent, and by whom: each once. */
function secretsOf(target: Target | undefined, configs: RoleConfig[]): [by: string, secret: string][] {
  const callers = configs.filter(({ role }) => role === 'cm' || role === 'im' || role === 'console');
  const all: [string, string | undefined][] = [
    ...callers.map((one): [string, string | undefined] => [`${one.role} (${one.from})`, firstSecret(one)]),
    ['this command', target?.internalSecret],
  ];
  const bySecret = new Map<string, string>();
  for (const [by, secret] of all) if (secret !== undefined && !bySecret.has(secret)) bySecret.set(secret, by);
  return [...bySecret].map(([secret, by]) => [by, secret]);
}

function firstSecret(config: RoleConfig | undefined): string | undefined {
  const secrets = config?.values['internalSecrets'];
  return Array.isArray(secrets) ? String(secrets[0]) : undefined;
}

/** A caller of the same name is one. */
function distinct(tries: SecretTry[]): SecretTry[] {
  return [...new Map(tries.map((one) => [`${one.by} ${one.to} ${JSON.stringify(one.answer)}`, one])).values()];
}

async function readCertificates({ api, sdk, redis, busRedis }: Partial<Target>): Promise<Certificate[]> {
  const tls = (url: string | undefined): boolean => /^(https|wss|rediss[a-z-]*):/.test(url ?? '');
  return Promise.all([
    ...(tls(api) ? placesOfUrl(api).map((place) => readCertificate('the upstream API', place)) : []),
    ...(tls(sdk) ? placesOfUrl(sdk).map((place) => readCertificate('the devices’ address', place)) : []),
    ...(tls(redis) ? placesOfRedis(redis).map((place) => readCertificate('the users’ Redis', place)) : []),
    ...(tls(busRedis) ? placesOfRedis(busRedis).map((place) => readCertificate('the bus’ Redis', place)) : []),
  ]);
}

/** A header tells whole seconds, and Node writes one for up to a second. */
function clockOf({ instance, clock, faults }: OpsReading): Clock {
  const of = `${instance.role || 'instance'} ${instance.instance}`;
  if (!clock) return { of, answer: unread(Object.values(faults)[0] ?? 'its pages tell no time') };
  const { saidMs, askedMs, cameMs } = clock;
  return {
    of,
    answer: {
      ok: true,
      value: { aheadMs: saidMs + 500 - (askedMs + cameMs) / 2, uncertainMs: 1_000 + (cameMs - askedMs) / 2 },
    },
  };
}
