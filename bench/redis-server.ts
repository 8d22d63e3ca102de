import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { redisServerVariable } from '../test/rigs/redis.ts';

/**
 * Makes every Redis that this process starts, and every system that it runs, use this program: the redis-server or
 * valkey-server of another version. Without one it is what the environment says, or the redis-server on the PATH.
 *
 * @throws Error if it is no file that may be run.
 */
export function useRedisServer(file: string | undefined): void {
  if (file === undefined) return;
  const program = resolve(file);
  accessSync(program, constants.X_OK);
  process.env[redisServerVariable] = program;
}
