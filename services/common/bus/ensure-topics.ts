import { setTimeout as sleep } from 'node:timers/promises';
import { toLongwireError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Bus } from './bus.ts';

const retryMs = 500;

/**
 * Creates the topics that are missing; waits while the bus is away.
 *
 * @param topics pairs of a topic and its number of partitions.
 * @throws LongwireError `conflict` if one exists with another number of partitions: nothing that waiting mends.
 */
export async function ensureTopics(
  bus: Pick<Bus, 'ensureTopic'>,
  topics: [string, number][],
  log: Logger,
): Promise<void> {
  let told = false;
  for (const [topic, partitions] of topics) {
    for (;;) {
      try {
        await bus.ensureTopic(topic, partitions);
        break;
      } catch (error) {
        if (!toLongwireError(error).retryable) throw error;
        if (!told) log.warn({ topic, err: error }, 'waiting for the bus');
        told = true;
        await sleep(retryMs);
      }
    }
  }
}
