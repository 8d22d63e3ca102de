import { Redis } from 'ioredis';

/** One command to the server on a port, whatever it is part of. */
export async function commandAt(port: number, command: string, ...args: (string | number)[]): Promise<unknown> {
  const redis = new Redis(port, '127.0.0.1', {
    ...{ protocol: 2, lazyConnect: true, enableReadyCheck: false, retryStrategy: null },
    ...{ connectTimeout: 2_000, commandTimeout: 5_000, maxRetriesPerRequest: 0 },
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

export async function infoAt(port: number, section: string): Promise<string> {
  return String(await commandAt(port, 'INFO', section));
}
