import { describe, expect, test } from 'vitest';
import { type ClusterUnderTest, seenPods } from './cluster-under-test.ts';

/** Agents beside the roles. */
export function describeSidecars(cluster: () => ClusterUnderTest): void {
  describe('sidecars', () => {
    test('every agent is a native sidecar that runs, and was started before its role', async () => {
      const pods = await seenPods(cluster());
      expect(pods.length).toBe(10);
      for (const { metadata, spec, status } of pods) {
        expect(spec.initContainers, metadata.name).toEqual([
          expect.objectContaining({ name: 'agent', restartPolicy: 'Always' }),
        ]);
        const [agent] = status.initContainerStatuses!;
        const [role] = status.containerStatuses!;
        expect(agent, metadata.name).toMatchObject({ started: true, ready: true, restartCount: 0 });
        const [first, second] = [agent!, role!].map(({ state }) => Date.parse(state.running!.startedAt));
        expect(first).toBeLessThanOrEqual(second!);
      }
    });
  });
}
