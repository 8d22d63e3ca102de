import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, type Managed, startProcess, waitFor } from './process.ts';

export interface RedisServer extends Managed {
  readonly url: string;
  readonly port: number;
}

export interface RedisOptions {
  dir: string;
  port?: number;
  /** Where it listens; one that others reach needs a password. */
  host?: string;
  password?: string;
  /** Further arguments of redis-server, `--name value`. */
  args?: string[];
  /** Public image that it is of; without one, what the environment says. */
  image?: string;
}

/** Path of another server's program, as of another version, in place of the redis-server on the PATH. */
export const redisServerVariable = 'LONGWIRE_REDIS_SERVER';
/** Public image whose server is started in place of a program of this machine. */
export const redisImageVariable = 'LONGWIRE_REDIS_IMAGE';

export interface RedisProgram {
  image?: string | undefined;
  args: string[];
  /** Holds all files that the arguments name. */
  dir: string;
  logFile: string;
}

/** Starts the program that every rig of Redis has. */
export async function startRedisProgram(options: RedisProgram): Promise<Managed> {
  const { image = process.env[redisImageVariable] } = options;
  if (image === undefined) {
    const { args, logFile } = options;
    return startProcess({ command: process.env[redisServerVariable] ?? 'redis-server', args, logFile });
  }
  // A library that is left alone where there is no engine.
  const { startContained } = await import('./containers/server.ts');
  return startContained({ ...options, image, program: image.startsWith('valkey') ? 'valkey-server' : 'redis-server' });
}

/**
 * A redis-server of one's own, with its append-only file written before each answer: what it acknowledged it still has
 * after a kill. Started again on the same folder it goes on with the same data.
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { host = '127.0.0.1', password } = options;
  const port = options.port ?? (await freePort());
  mkdirSync(options.dir, { recursive: true });
  const server = await startRedisProgram({
    ...{ dir: options.dir, image: options.image },
    args: [
      ...['--port', String(port), '--bind', host, '--dir', options.dir],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'],
      // Under load the file grows to the default of 64 MB in seconds, and each rewrite takes a core.
      ...['--auto-aof-rewrite-min-size', '512mb'],
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...(options.args ?? []),
    ],
    logFile: join(options.dir, 'redis.log'),
  });
  const url = `redis://${password === undefined ? '' : `:${password}@`}${host}:${port}`;
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  probe.on('error', () => {});
  try {
    const died = server.ended.then(() => {
      throw new Error(`redis-server on port ${port} ended at once; see ${join(options.dir, 'redis.log')}`);
    });
    await Promise.race([waitFor('redis-server answers', async () => (await probe.ping()) === 'PONG'), died]);
  } finally {
    probe.disconnect();
  }
  return { ...server, url, port };
}
