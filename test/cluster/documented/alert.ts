import { describe, expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import type { Documented } from './documented-system.ts';

/** Figures of agents, the rule's minute, and Alertmanager's own way. */
const limitMs = 300_000;

/** The rules of k8s/monitoring as they are. */
export function describeAlert(documented: () => Documented): void {
  describe('alerts', () => {
    test('RedisAway fires when the line has no Redis, Alertmanager is told, and it ends when Redis is back', async () => {
      const { kubectl, line, monitoring } = documented();
      const scale = (replicas: number): Promise<string> =>
        kubectl.run(['-n', line.namespace, 'scale', 'statefulset/redis', `--replicas=${replicas}`]);
      const fires = async (): Promise<boolean> => (await monitoring.firing('push')).includes('RedisAway');
      expect(await fires()).toBe(false);
      const from = Date.now();
      await scale(0);
      try {
        await waitFor('it fires', fires, limitMs, 1_000);
        const seconds = Math.round((Date.now() - from) / 1_000);
        await waitFor('it is told', async () => (await monitoring.told('push')).includes('RedisAway'), limitMs, 1_000);
        process.stdout.write(`alerts: RedisAway fired ${seconds} s after Redis was gone\n`);
      } finally {
        await scale(1);
      }
      await waitFor('it has ended', async () => !(await fires()), limitMs, 1_000);
    });
  });
}
