import type { Logger } from '../../common/log.ts';
import type { NodeLease } from '../../common/protocol/user-redis-calls.ts';
import { distinctTargets, type Target } from '../core/readings/target.ts';

/** One way to learn of instances. */
export interface Source {
  refresh: () => Promise<void>;
  targets: () => Target[];
}

/** CM nodes, by their leases; while these can't be read, the last ones known stay. */
export function leaseSource(
  nodes: (given: object, options: { deadlineMs: number }) => Promise<{ nodes: NodeLease[] }>,
): Source {
  let leases: NodeLease[] = [];
  return {
    async refresh() {
      leases = (await nodes({}, { deadlineMs: leaseMs })).nodes;
    },
    targets: () => leases.map(({ node, address }) => ({ role: 'cm', name: node, url: address })),
  };
}

const leaseMs = 1_000;

/** All sources together. One that fails says so once, until it works again, and what it knew stays. */
export function allSources(sources: Record<string, Source>, log: Logger): () => Promise<Target[]> {
  const failing = new Set<string>();
  return async () => {
    await Promise.all(
      Object.entries(sources).map(async ([name, source]) => {
        try {
          await source.refresh();
          failing.delete(name);
        } catch (error) {
          if (!failing.has(name)) log.warn({ source: name, err: error }, 'instances could not be listed');
          failing.add(name);
        }
      }),
    );
    return distinctTargets(Object.values(sources).flatMap((source) => source.targets()));
  };
}
