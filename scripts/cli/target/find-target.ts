import { profileFileOf, type RunningSystem, readRunFile, readSecretFile } from '../edges/target-files.ts';
import { CliError, UsageError } from '../faults.ts';
import { placeOf, profileIn } from './profiles.ts';
import { type Place, type PlaceKey, sayOf, secretKeys, type Target } from './target.ts';

/** What flags say of the Longwire that is meant. */
export interface TargetFlags {
  profile?: string | undefined;
  run?: string | undefined;
  data?: string | undefined;
  /** Addresses, and the app. */
  given: Partial<Record<'api' | 'appId' | 'userMysql' | 'userRedis' | 'cm' | 'ops', string>>;
  /** Secrets come on stdin, as one JSON object. */
  secretsFromStdin: boolean;
}

const environment: Record<PlaceKey, string> = {
  api: 'LONGWIRE_API_URL',
  sdk: 'LONGWIRE_SDK_URL',
  appId: 'LONGWIRE_APP_ID',
  appKey: 'LONGWIRE_APP_KEY',
  masterSecret: 'LONGWIRE_MASTER_SECRET',
  userMysql: 'LONGWIRE_USER_MYSQL_URL',
  userRedis: 'LONGWIRE_USER_REDIS_URL',
  cm: 'LONGWIRE_CM_URL',
  internalSecret: 'LONGWIRE_INTERNAL_SECRETS',
  ops: 'LONGWIRE_OPS_URLS',
  redis: 'LONGWIRE_REDIS_URL',
  busRedis: 'LONGWIRE_BUS_REDIS_URL',
  mysql: 'LONGWIRE_MYSQL_URL',
  kafka: 'LONGWIRE_BUS_KAFKA_BROKERS',
};

/**
 * Which Longwire is meant: a profile; else a system of `npm run up` that is named; else addresses of flags and environment; else the
 * system of `.longwire`. A secret of one is never sent to an address of another: with addresses, secrets come from the environment,
 * the profile or stdin alone.
 *
 * @param stores an address of a store in the environment names a Longwire too.
 * @throws CliError that says what is missing.
 */
export function findTarget(
  flags: TargetFlags,
  env: NodeJS.ProcessEnv,
  readStdin: () => string,
  stores = false,
): Target {
  const flagged = textsAsPlace(flags.given, 'flags');
  const addresses = Object.keys(flagged).filter((key) => key !== 'appId');
  const fromStdin = flags.secretsFromStdin ? secretsIn(readStdin()) : {};
  const profile = flags.profile ?? env['LONGWIRE_PROFILE'];
  if (profile !== undefined && profile !== '') {
    if ((flags.run ?? flags.data) !== undefined)
      throw new UsageError('--profile: is given beside --run or --data, allowed is one of them');
    const file = profileFileOf(env);
    const place = profileIn(readSecretFile(file), file, profile);
    return { from: `profile ${profile}`, instances: [], ...place, ...fromStdin, ...flagged };
  }
  const fromEnv = textsAsPlace(environmentOf(env), 'the environment');
  const named = (flags.run ?? flags.data) !== undefined;
  if (!named && (addresses.length > 0 || hasAddress(fromEnv) || (stores && hasStore(fromEnv)))) {
    return { from: 'flags and environment', instances: [], ...fromEnv, ...fromStdin, ...flagged };
  }
  if (addresses.length > 0) {
    throw new UsageError('--run and --data: name a system with its secrets, and allow no other address beside them');
  }
  return ofRunFile(readRunFile(flags), flagged.appId);
}

const hasAddress = ({ api, userMysql, userRedis, cm, ops }: Place): boolean =>
  (api ?? userMysql ?? userRedis ?? cm ?? ops) !== undefined;

const hasStore = ({ redis, busRedis, mysql, kafka }: Place): boolean =>
  (redis ?? busRedis ?? mysql ?? kafka) !== undefined;

function ofRunFile({ file, run, demoCid }: RunningSystem, appId: string | undefined): Target {
  const own = appId === undefined || appId === run.app.appId;
  const role = (name: string) => run.processes.filter((one) => one.role === name);
  const [redis] = role('redis');
  const [busRedis] = role('bus-redis');
  const [mysql] = role('mariadb');
  const [kafka] = role('kafka');
  const [cm] = role('cm');
  return {
    from: `the system of ${file}`,
    api: run.api,
    sdk: run.sdk,
    ...(own
      ? { appId: run.app.appId, appKey: run.app.appKey, masterSecret: run.app.masterSecret }
      : { appId: appId as string }),
    userMysql: run.internal.userMysql,
    ...(run.internal.userRedis === undefined ? {} : { userRedis: run.internal.userRedis }),
    internalSecret: run.internal.secret,
    ...(cm?.metrics ? { cm: new URL(cm.metrics).origin } : {}),
    ...(redis?.url ? { redis: `${redis.url}/0` } : {}),
    ...(busRedis?.url ? { busRedis: `${busRedis.url}/1` } : {}),
    ...(mysql?.url ? { mysql: mysql.url } : {}),
    ...(kafka?.url ? { kafka: kafka.url.split(',') } : {}),
    instances: run.processes.flatMap(({ role, instance, pid, metrics }) =>
      metrics === null ? [] : [{ role, instance, pid, ops: new URL(metrics).origin }],
    ),
    ...(own && demoCid !== undefined ? { demoCid } : {}),
  };
}

function environmentOf(env: NodeJS.ProcessEnv): Partial<Record<PlaceKey, string>> {
  const found = Object.entries(environment).map(([key, name]) => [key, env[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ''));
}

/** Lists come separated by commas; of internal secrets the first is the one that is sent. @throws UsageError that names the flag or variable. */
function textsAsPlace(texts: Partial<Record<PlaceKey, string | undefined>>, where: string): Place {
  const values = Object.entries(texts).flatMap(([key, text]): [string, unknown][] => {
    if (text === undefined) return [];
    const parts = text.split(',').map((part) => part.trim().replace(/(?<=[^/])\/$/, ''));
    if (key === 'ops' || key === 'kafka') return [[key, parts]];
    return [[key, key === 'internalSecret' ? parts[0] : text.replace(/(?<=[^/])\/$/, '')]];
  });
  for (const [key, value] of values) {
    try {
      placeOf({ [key]: value }, where);
    } catch (error) {
      const shown = (secretKeys as readonly string[]).includes(key) ? '' : ` ${String(value).slice(0, 80)}`;
      throw new UsageError(`${sayOf(key as PlaceKey)}${shown}: ${(error as Error).message.replace(/^.*?: /, '')}`);
    }
  }
  return Object.fromEntries(values) as Place;
}

/** @throws CliError */
function secretsIn(text: string): Place {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliError(
      'usage',
      `--secrets-stdin: what came on stdin is not JSON; allowed is an object of ${secretKeys.join(', ')}`,
    );
  }
  const place = placeOf(value, '--secrets-stdin');
  const other = Object.keys(place).find((key) => !(secretKeys as readonly string[]).includes(key));
  if (other !== undefined)
    throw new UsageError(`--secrets-stdin: ${other} is no secret; allowed are ${secretKeys.join(', ')}`);
  return place;
}
