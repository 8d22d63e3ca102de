import { describe, expect, test } from 'vitest';
import type { ClusterUnderTest } from './cluster-under-test.ts';

const allowed = {
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      ...{ name: 'x', image: 'longwire.test/pause:1' },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};
const [container] = allowed.containers;
const withContext = (context: object): object => ({
  ...allowed,
  containers: [{ ...container, securityContext: { ...container!.securityContext, ...context } }],
});

const refused: Record<string, object> = {
  'a privileged one': withContext({ privileged: true, allowPrivilegeEscalation: true }),
  'one that runs as root': withContext({ runAsNonRoot: false, runAsUser: 0 }),
  'one in the network of its node': { ...allowed, hostNetwork: true },
  'one with a folder of its node': { ...allowed, volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  'one without a seccomp profile': { ...allowed, securityContext: { runAsNonRoot: true, runAsUser: 10_001 } },
};

/** The line's namespace enforces `restricted`. */
export function describePodSecurity(cluster: () => ClusterUnderTest): void {
  describe('pod security', () => {
    const asked = (spec: object): Promise<string> => {
      const { kubectl, namespace } = cluster();
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'asked', namespace }, spec };
      return kubectl.run(['create', '--dry-run=server', '-o', 'name', '-f', '-'], { input: JSON.stringify(pod) });
    };

    test('a pod that asks for nothing is let in', async () => {
      expect(await asked(allowed)).toBe('pod/asked\n');
    });

    test.each(Object.entries(refused))('%s is refused', async (_, spec) => {
      await expect(asked(spec)).rejects.toThrow(/violates PodSecurity "restricted:/);
    });
  });
}
