import { describe, expect, test } from 'vitest';
import { roles } from '../../../scripts/up/args.ts';
import type { SystemUnderTest } from '../../e2e/suite/system-under-test.ts';
import type { ClusterUnderTest } from './cluster-under-test.ts';

/** What whoever drains a node asks for: pods go as far as their budgets let them. */
export function describeEvictions(sut: SystemUnderTest, cluster: () => ClusterUnderTest): void {
  describe('disruption budgets', () => {
    test.each(roles)('of two pods of %s one is evicted, and the other only when it is replaced', async (role) => {
      const { line } = cluster();
      const [first, second] = [line.podOf(`${role}-1`), line.podOf(`${role}-2`)];
      await evict(cluster(), first.name);
      await expect(evict(cluster(), second.name)).rejects.toThrow(/disruption budget/);
      await sut.backAgain(first.instance, first.number);
    });
  });
}

async function evict({ kubectl, namespace }: ClusterUnderTest, name: string): Promise<void> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  await kubectl.run(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
}
