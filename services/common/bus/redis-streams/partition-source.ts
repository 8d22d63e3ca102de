import type { BusRecord, ConsumeOptions } from '../bus.ts';
import type { Lease } from '../lease.ts';
import type { PartitionSource } from '../partition-loop.ts';
import type { Connection } from './connection.ts';
import { idBefore, type StreamsAnswer, toRecords } from './entries.ts';
import { commitField, keysOf, standing } from './keys.ts';
import type { Reader } from './reader.ts';
import type { Replication } from './replication.ts';

/** A partition's loop on Redis: reads through the shared reader when idle, commits under the lease. */
export function partitionSource(
  lease: Lease,
  member: string,
  commands: Connection,
  replication: Replication,
  reader: Reader,
  options: Pick<ConsumeOptions, 'topic' | 'group' | 'maxBatch'>,
): PartitionSource {
  const { partition } = lease;
  const keys = keysOf(options.topic);
  const stream = keys.partition(partition);
  const field = commitField(partition, options.group);

  async function read(offset: number): Promise<BusRecord[]> {
    const args = ['COUNT', options.maxBatch, 'STREAMS', stream, idBefore(offset)];
    const process = commands.processOf(stream);
    const answer = (await commands.call('XREAD', args)) as StreamsAnswer;
    if (!answer) return [];
    await replication.settled(options.topic, process);
    return toRecords(answer[0]![1]);
  }

  return {
    held: () => lease.held(),
    leaving: () => false,
    resting() {},
    async committed() {
      const [at, ranges] = await Promise.all([
        commands.call('HGET', [keys.commits, field]),
        commands.run('ranges', [stream], []),
      ]);
      const [begin, end] = (ranges as [number, number][])[0]!;
      return standing(at as string | null, begin, end);
    },
    next: (offset) => reader.wait(partition, offset),
    again: async (records) => records,
    cancel: () => reader.cancel(partition),
    // What came during the batch is fetched along with the commit: under load no wait comes between batches.
    async commit(offset) {
      const [kept, more] = await Promise.all([
        commands.run('commit', [lease.key, keys.commits], [member, field, offset]),
        read(offset),
      ]);
      return { kept: kept === 1, more };
    },
  };
}
