import { join } from 'node:path';
import { freePort, startProcess, waitFor } from '../../test/rigs/process.ts';
import { startRedis } from '../../test/rigs/redis.ts';
import type { BareSystem } from './bare-target.ts';

const script = new URL('./floor.ts', import.meta.url).pathname;

/** The floor, run as a process of its own with a Redis of its own. */
export async function startFloor(folder: string): Promise<BareSystem> {
  const redis = await startRedis({ dir: join(folder, 'redis') });
  const port = await freePort();
  const floor = await startProcess({
    command: process.execPath,
    args: [script, String(port), redis.url],
    logFile: join(folder, 'floor.log'),
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('the floor answers', async () => (await fetch(`${url}/health`)).ok);
  return {
    url,
    devicesUrl: `ws://127.0.0.1:${port}/`,
    pids: () => ({ process: [floor.pid], redis: [redis.pid] }),
    async stop() {
      await floor.end();
      await redis.end();
    },
  };
}
