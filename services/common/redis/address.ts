/** Where a Redis is and how to get in: one server, one behind Sentinels, or a Cluster. */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  /** The server; the Sentinels; some nodes of the Cluster. */
  hosts: { host: string; port: number }[];
  /** Name that the Sentinels know the master by. */
  master?: string;
  db: number;
  tls: boolean;
  username?: string;
  password?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
  /** Which addresses of a host name are taken; 0: any. */
  family: 0 | 4 | 6;
}

const form = /^(rediss?)(-sentinel|-cluster)?:\/\/(?:([^@]*)@)?([^/?#@]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const defaultPort = { single: 6379, sentinel: 26_379, cluster: 6379 };
const parameters = {
  single: ['family'],
  sentinel: ['family', 'sentinelUsername', 'sentinelPassword'],
  cluster: ['family'],
};

/**
 * Reads `redis://user:password@host:port/db`, `redis-sentinel://…@host:port,host:port/master/db` or
 * `redis-cluster://…@host:port,host:port`; `rediss` in place of `redis` is TLS.
 *
 * @throws Error whose message says what is wrong, with nothing of a user or password in it.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const found = form.exec(text);
  if (!found) {
    throw new Error(
      'must be redis://host:port/db, redis-sentinel://host:port,host:port/master or redis-cluster://host:port,host:port',
    );
  }
  const [, scheme, suffix, user, hostList, path = '', query = ''] = found;
  const kind = suffix === '-sentinel' ? 'sentinel' : suffix === '-cluster' ? 'cluster' : 'single';
  const hosts = hostList!.split(',').map((one) => hostOf(one, defaultPort[kind]));
  if (kind === 'single' && hosts.length > 1) {
    throw new Error('has several hosts: write redis-sentinel:// or redis-cluster://');
  }
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    if (!parameters[kind].includes(name)) {
      throw new Error(`has an unknown parameter; allowed are ${parameters[kind].join(', ')}`);
    }
  }
  const sentinelUsername = given.get('sentinelUsername');
  const sentinelPassword = given.get('sentinelPassword');
  return {
    kind,
    hosts,
    ...pathOf(kind, path),
    tls: scheme === 'rediss',
    ...credentialsOf(user),
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    family: familyOf(given.get('family')),
  };
}

/** For a configuration key: what is wrong with a URL, or nothing. */
export function redisUrlFault(text: string): string | undefined {
  try {
    parseRedisUrl(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function hostOf(text: string, otherwise: number): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? otherwise : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new Error('has a host that is not host:port, with a port from 1 to 65535');
  }
  return { host, port };
}

function pathOf(kind: RedisAddress['kind'], path: string): { master?: string; db: number } {
  if (kind === 'cluster') {
    if (path !== '' && path !== '0') throw new Error('names a database: a Cluster has only database 0');
    return { db: 0 };
  }
  const [first = '', second = '', ...more] = kind === 'sentinel' ? path.split('/') : ['', path];
  if (kind === 'sentinel' && first === '')
    throw new Error('lacks the name of the master: redis-sentinel://hosts/master');
  if (!/^\d{0,4}$/.test(second) || more.length > 0) throw new Error('has a database that is not a number');
  return { ...(kind === 'sentinel' ? { master: decoded(first) } : {}), db: Number(second) };
}

function credentialsOf(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined || text === '') return {};
  const colon = text.indexOf(':');
  const username = decoded(colon < 0 ? text : text.slice(0, colon));
  return {
    ...(username === '' ? {} : { username }),
    ...(colon < 0 ? {} : { password: decoded(text.slice(colon + 1)) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a % in it that begins no encoded character: write it as %25');
  }
}

function familyOf(text: string | null): 0 | 4 | 6 {
  if (text === null || text === '0') return 0;
  if (text === '4') return 4;
  if (text === '6') return 6;
  throw new Error('has a family that is not 0, 4 or 6');
}
