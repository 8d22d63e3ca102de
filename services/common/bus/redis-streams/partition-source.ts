import type { ConsumeOptions } from '../bus.ts';
import type { Lease } from '../lease.ts';
import type { PartitionSource } from '../partition-loop.ts';
import type { Unwanted } from '../unwanted.ts';
import type { Commits } from './commits.ts';
import type { Connection } from './connection.ts';
import { commitField, keysOf, standing } from './keys.ts';
import type { Reader } from './reader.ts';

/** A partition's loop on Redis: it reads and commits with all others of its consumer, under its own lease. */
export function partitionSource(
  lease: Lease,
  commands: Connection,
  reader: Reader,
  commits: Commits,
  unwanted: Unwanted | undefined,
  { topic, group }: Pick<ConsumeOptions, 'topic' | 'group'>,
): PartitionSource {
  const { partition } = lease;
  const keys = keysOf(topic);
  return {
    held: () => lease.held(),
    leaving: () => false,
    resting() {},
    async committed() {
      const [at, ranges] = await Promise.all([
        commands.call('HGET', [keys.commits, commitField(partition, group)]),
        commands.run('ranges', [keys.partition(partition)], []),
      ]);
      const [begin, end] = (ranges as [number, number][])[0]!;
      return standing(at as string | null, begin, end);
    },
    next: (offset) => reader.next(partition, offset),
    again: async (records) => records,
    cancel: () => reader.cancel(partition),
    commit: (offset) => commits.commit(lease, offset),
    unwanted,
  };
}
