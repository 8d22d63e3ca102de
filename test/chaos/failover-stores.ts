import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../rigs/process.ts';
import { startCluster } from '../rigs/redis-cluster.ts';
import { startSentinels } from '../rigs/redis-sentinel.ts';
import type { TestSystem } from '../rigs/system.ts';
import { fullFor, readOnlyFor } from './store-faults.ts';

export const faults = ['sentinel', 'cluster', 'mysql-read-only', 'redis-full'] as const;
export type Fault = (typeof faults)[number];

/** Stores that a system is set to, and what is done to them under load. */
export interface Scene {
  settings: string[];
  /** Says each thing that it does. Resolves when the last one is over. */
  doFault(system: TestSystem, say: (what: string) => void): Promise<void>;
  close(): Promise<void>;
}

const faultMs = 20_000;
const restartMs = 5_000;

export async function startScene(fault: Fault, dir: string): Promise<Scene> {
  switch (fault) {
    case 'sentinel':
      return sentinelScene(dir);
    case 'cluster':
      return clusterScene(dir);
    case 'mysql-read-only':
      return upScene(async (system, say) => {
        say(`MySQL takes no writes for ${faultMs} ms`);
        await readOnlyFor(urlOf(system, 'mariadb'), faultMs);
      });
    case 'redis-full':
      return upScene(async (system, say) => {
        // The users' and, where that is its bus, the bus'.
        const all = system.run().processes.filter(({ role }) => /^(bus-)?redis$/.test(role));
        say(`${all.map(({ instance }) => instance).join(' and ')} have no memory left for ${faultMs} ms`);
        await Promise.all(all.map(({ url }) => fullFor(Number(new URL(url!).port), faultMs)));
      });
  }
}

/** The users' Redis and, where that is its bus, the bus' are one master with one replica, in two databases. */
async function sentinelScene(dir: string): Promise<Scene> {
  const rig = await startSentinels(dir, 1);
  return {
    settings: [`user-redis.redisUrl=${rig.url}/0`, `busRedisUrl=${rig.url}/1`],
    async doFault(_system, say) {
      say('the replica is promoted');
      await rig.promote();
      await rig.followed(1);
      await sleep(restartMs);
      const master = await rig.masterPort();
      say('the master is killed');
      await rig.kill(master);
      await waitFor('the Sentinels promote another', async () => (await rig.masterPort()) !== master, 60_000);
      say('another is the master');
      await sleep(restartMs);
      say('the dead one is started again');
      await rig.start(master);
      await rig.followed(1);
    },
    close: () => rig.close(),
  };
}

async function clusterScene(dir: string): Promise<Scene> {
  const rig = await startCluster(dir);
  return {
    settings: [`user-redis.redisUrl=${rig.url}`, `busRedisUrl=${rig.url}`],
    async doFault(_system, say) {
      const [first] = (await rig.masterPorts()) as [number];
      say('a replica is promoted');
      await rig.promote(first);
      await rig.whole();
      await sleep(restartMs);
      // One with topics of the bus, and one with marks of views, among them.
      for (const key of ['bus:{longwire.route.1}:topic', 'longwire:{views}']) {
        const master = await rig.masterOf(key);
        say('a master is killed');
        await rig.kill(master);
        await waitFor('another has its slots', async () => (await rig.masterOf(key)) !== master, 60_000);
        await sleep(restartMs);
        say('the dead one is started again');
        await rig.start(master);
        await rig.whole();
      }
    },
    close: () => rig.close(),
  };
}

/** With the stores of `up` itself. */
function upScene(doFault: Scene['doFault']): Scene {
  return { settings: [], doFault, close: async () => {} };
}

function urlOf(system: TestSystem, role: string): string {
  const url = system.run().processes.find((one) => one.role === role)?.url;
  if (!url) throw new Error(`${role} does not run`);
  return url;
}
