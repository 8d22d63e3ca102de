import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../rigs/redis.ts';
import type { BusRig } from './rig.ts';
import { describeBus } from './suite.ts';

describeBus('Redis Streams', async (): Promise<BusRig> => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-bus-redis-'));
  let server = await startRedis({ dir });
  const { port, url } = server;
  return {
    spec: { kind: 'redis', url },
    kill: () => server.end('SIGKILL'),
    async start() {
      server = await startRedis({ dir, port });
    },
    async close() {
      await server.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});
