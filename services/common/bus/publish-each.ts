import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';
import { LongwireError, toLongwireError } from '../errors.ts';
import type { NewRecord } from './bus.ts';

const retryMinMs = 50;
const retryMaxMs = 1_000;

/**
 * Publishes each partition's records by themselves and repeats those that fail alone: one partition that refuses doesn't have the others'
 * records written again and again.
 *
 * @param stale whether to leave off, asked before each try that follows a failure.
 * @throws LongwireError what can't pass, or `unavailable` when it left off.
 */
export async function publishEach(
  publish: (topic: string, records: NewRecord[]) => Promise<unknown>,
  topic: string,
  records: NewRecord[],
  stale: () => boolean,
): Promise<void> {
  const perPartition = Map.groupBy(records, ({ partition }) => partition);
  await Promise.all([...perPartition.values()].map((own) => repeated(() => publish(topic, own), stale)));
}

async function repeated(work: () => Promise<unknown>, stale: () => boolean): Promise<void> {
  for (let failures = 0; ; failures++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!toLongwireError(error).retryable) throw error;
      await sleep(retryMinMs + backoffMs(failures, retryMinMs, retryMaxMs));
      if (stale()) throw new LongwireError('unavailable', 'the work was given up', { cause: error });
    }
  }
}
