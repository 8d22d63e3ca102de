import { describe, expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { underLoad } from '../load.ts';
import { type Documented, load, rolePods, roleSelector } from './documented-system.ts';

const limitMs = 1_000_000;

/** `kubectl drain` of the only node: it lets pods come again at once, as another node would. */
export function describeDrain(documented: () => Documented): void {
  describe('a drain', () => {
    test('of every pod of the roles, as budgets let it, under load: what is accepted arrives once and in order', async () => {
      const { kubectl, line } = documented();
      const node = await kubectl.run(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
      const before = await rolePods(documented());
      expect(before.length).toBe(9);
      const accepted = await underLoad(line, load, async ({ more }) => {
        const flags = ['--ignore-daemonsets', '--delete-emptydir-data', `--pod-selector=${roleSelector}`];
        const drained = kubectl.run(['drain', node, ...flags, `--timeout=${limitMs / 1_000}s`], { timeoutMs: limitMs });
        // Awaited below.
        drained.catch(() => {});
        try {
          const path = 'jsonpath={.spec.unschedulable}';
          const closed = (): Promise<boolean> =>
            kubectl.run(['get', 'node', node, '-o', path]).then((said) => said === 'true');
          await waitFor('the node takes no pods', closed, 30_000, 200);
        } finally {
          await kubectl.run(['uncordon', node]);
        }
        await drained;
        await more(load.devices);
      });
      const gone = before.map(({ name }) => name);
      const after = await rolePods(documented());
      expect(after.length).toBe(before.length);
      expect(after.filter(({ name }) => gone.includes(name))).toEqual([]);
      process.stdout.write(`drain: ${before.length} pods evicted; ${accepted} pushes accepted and delivered\n`);
    });
  });
}
