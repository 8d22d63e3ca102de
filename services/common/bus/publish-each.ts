import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';
import { LongwireError, toLongwireError } from '../errors.ts';
import type { Bus, NewRecord } from './bus.ts';

const retryMinMs = 50;
const retryMaxMs = 1_000;

/**
 * Publishes each partition's records by themselves and repeats those that fail alone: one partition that refuses doesn't have the others'
 * records written again and again.
 *
 * @param stale whether to leave off, asked before each try that follows a failure.
 * @returns the offsets, in the order of the records. @throws LongwireError what can't pass, or `unavailable` when it left off.
 */
export async function publishEach(
  publish: Bus['publish'],
  topic: string,
  records: NewRecord[],
  stale: () => boolean,
): Promise<number[]> {
  const offsets: number[] = [];
  const perPartition = Map.groupBy(records.keys(), (index) => records[index]!.partition);
  await Promise.all(
    [...perPartition.values()].map(async (indexes) => {
      const own = indexes.map((index) => records[index]!);
      const written = await repeated(() => publish(topic, own), stale);
      for (const [at, index] of indexes.entries()) offsets[index] = written[at]!;
    }),
  );
  return offsets;
}

async function repeated<T>(work: () => Promise<T>, stale: () => boolean): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!toLongwireError(error).retryable) throw error;
      await sleep(retryMinMs + backoffMs(failures, retryMinMs, retryMaxMs));
      if (stale()) throw new LongwireError('unavailable', 'the work was given up', { cause: error });
    }
  }
}
