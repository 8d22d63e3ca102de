import { expect, it } from 'vitest';
import { idleNode } from '../../test/rigs/idle-node.ts';
import type { CmNode } from './cm-nodes.ts';
import { LongwireError } from './errors.ts';
import { Kicks } from './kicks.ts';
import type { Route } from './protocol/user-redis-calls.ts';

/** Nodes with leases; `late` ones are known only after leases were read again. */
function nodesOf(names: string[], late: string[] = [], faulty: string[] = []) {
  const known = new Set(names);
  const kicked: [string, number[]][] = [];
  const nodeOf = (node: string, boot: string): CmNode => ({
    lease: { node, boot, address: 'http://127.0.0.1:1' },
    calls: {
      ...idleNode,
      kick: async ({ conns }) => {
        if (faulty.includes(node)) throw new LongwireError('timeout', 'kick: no answer');
        kicked.push([node, conns]);
        return {};
      },
    },
  });
  let reads = 0;
  const nodes = {
    find: ({ node, boot }: Route) => (known.has(node) && boot === 'b1' ? nodeOf(node, boot) : undefined),
    refresh: async () => {
      reads++;
      for (const name of late) known.add(name);
    },
  };
  return { kicks: new Kicks(nodes), kicked, reads: () => reads };
}

const on = (node: string, conn: number, boot = 'b1'): Route => ({ node, boot, conn });

it('ends connections with one call a node', async () => {
  const { kicks, kicked, reads } = nodesOf(['n1', 'n2']);
  await kicks.kick([on('n1', 1), on('n2', 2), on('n1', 3)], 'blacklisted');
  expect(kicked).toEqual([
    ['n1', [1, 3]],
    ['n2', [2]],
  ]);
  expect(reads()).toBe(0);
});

it('reads the leases again for a node that is not known, and passes over one that has none', async () => {
  const { kicks, kicked, reads } = nodesOf(['n1'], ['n2']);
  await kicks.kick([on('n2', 2), on('gone', 4), on('n1', 1, 'earlier')], 'blacklisted');
  expect(kicked).toEqual([['n2', [2]]]);
  expect(reads()).toBe(1);
});

it('fails if one of the nodes does not do it, and tells the others nevertheless', async () => {
  const { kicks, kicked } = nodesOf(['n1', 'n2'], [], ['n1']);
  await expect(kicks.kick([on('n1', 1), on('n2', 2)], 'blacklisted')).rejects.toMatchObject({ retryable: true });
  expect(kicked).toEqual([['n2', [2]]]);
});
