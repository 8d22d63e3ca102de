import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../rigs/redis-cluster.ts';
import type { BusRig } from './rig.ts';
import { describeBus } from './suite.ts';

describeBus('Redis Streams in a Cluster', async (): Promise<BusRig> => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-bus-cluster-'));
  const rig = await startCluster(dir);
  return {
    spec: { kind: 'redis', url: rig.url },
    async kill() {
      await Promise.all(rig.ports.map((port) => rig.kill(port)));
    },
    async start() {
      await Promise.all(rig.ports.map((port) => rig.start(port)));
      await rig.whole();
    },
    async close() {
      await rig.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});
