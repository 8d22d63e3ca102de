import type { Redis } from 'ioredis';
import { withDeadline } from '../../../../services/common/bus/deadline.ts';
import { parseRedisUrl, type RedisAddress } from '../../../../services/common/redis/address.ts';
import { clientOf, discover } from '../../../../services/common/redis/discovery.ts';
import { type Clock, type RedisReading, type RedisServer, read, unread } from '../readings.ts';

/** Of connecting, and of all that is asked of one server. */
const askMs = 3_000;
const pings = 11;

/** Looks at the masters of a Redis. @returns them, and their clocks. */
export async function readRedis(
  name: string,
  use: RedisReading['use'],
  url: string,
): Promise<{ reading: RedisReading; clocks: Clock[] }> {
  try {
    const address = parseRedisUrl(url);
    const places = await discover(address, [], askMs);
    const found = await Promise.all(places.map((place) => readServer(address, place)));
    return {
      reading: { name, use, servers: read(found.map(({ server }) => server)) },
      clocks: found.map(({ server, clock }) => ({ of: `${name} at ${server.place}`, answer: read(clock) })),
    };
  } catch (error) {
    const why = `it can't be asked (${reasonOf(error)})`;
    return { reading: { name, use, servers: unread(why) }, clocks: [{ of: name, answer: unread(why) }] };
  }
}

async function readServer(address: RedisAddress, place: { host: string; port: number }) {
  const redis = clientOf(address, place, 'longwire-doctor', askMs);
  redis.on('error', () => {});
  try {
    return await withDeadline(
      (async () => {
        await redis.connect();
        const info = infoOf(await redis.info());
        const pingMs = await timesOf(redis);
        const [save, appendfsync] = [await setting(redis, 'save'), await setting(redis, 'appendfsync')];
        const server: RedisServer = { place: `${place.host}:${place.port}`, info, save, appendfsync, pingMs };
        return { server, clock: await clockOf(redis) };
      })(),
      askMs,
      'redis',
    );
  } finally {
    redis.disconnect();
  }
}

async function timesOf(redis: Redis): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < pings; count++) {
    const begunMs = performance.now();
    await redis.ping();
    times.push(performance.now() - begunMs);
  }
  return times.sort((left, right) => left - right);
}

async function clockOf(redis: Redis) {
  const askedMs = Date.now();
  const [seconds, micros] = (await redis.time()).map(Number);
  const cameMs = Date.now();
  return {
    aheadMs: seconds! * 1_000 + micros! / 1_000 - (askedMs + cameMs) / 2,
    uncertainMs: (cameMs - askedMs) / 2 + 1,
  };
}

/** Undefined where this account may not ask. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    return ((await redis.config('GET', name)) as string[])[1];
  } catch {
    return undefined;
  }
}

function infoOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^([a-z0-9_]+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
}

/** In a few words, with nothing of an address' password in them. */
export function reasonOf(error: unknown): string {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: unknown };
  if (cause instanceof Error) return `${message}: ${reasonOf(cause)}`;
  return (code ?? message ?? 'unknown fault').slice(0, 200);
}
