import { describe, expect, test } from 'vitest';
import { startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { Documented } from './documented-system.ts';

const stores = ['redis-0', 'mysql-0', 'kafka-0'];

/** Stores in the cluster, whose pods come and go. */
export function describeLostPods(documented: () => Documented): void {
  describe('stores in the cluster', () => {
    test('keep what they hold when their pods are deleted: a device that was away is known, and gets what waited for it', async () => {
      const { kubectl, line } = documented();
      const own = ['-n', line.namespace];
      const uid = (pod: string): Promise<string> =>
        kubectl.run([...own, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}']);
      const device = startDevice(line.deviceOptions());
      await device.online(60_000);
      await line.upstream.push(device.cid(), 'before');
      await device.waitForPushes(1, 60_000);
      const cid = device.cid();
      device.device.close();
      await line.upstream.push(cid, 'while it is away');

      const before = await Promise.all(stores.map(uid));
      await kubectl.run([...own, 'delete', 'pod', ...stores], { timeoutMs: 300_000 });
      for (const [index, pod] of stores.entries()) {
        await waitFor(`${pod} is another one`, async () => (await uid(pod)) !== before[index], 60_000, 500);
        const ready = ['wait', '--for=condition=Ready', '--timeout=300s', `pod/${pod}`];
        await kubectl.run([...own, ...ready], { timeoutMs: 320_000 });
      }
      const again = startDevice({ ...line.deviceOptions(), storage: device.storage });
      await again.online(60_000);
      expect(again.cid()).toBe(cid);
      await line.upstream.push(cid, 'after');
      await again.waitForPushes(2, 60_000);
      expect(again.pushes.map(({ transmission }) => transmission)).toEqual(['while it is away', 'after']);
      again.device.close();
    });
  });
}
