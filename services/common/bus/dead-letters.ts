import { Counter, type Registry } from 'prom-client';
import { toLongwireError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { DeadLetterHead } from '../protocol/bus-admin-calls.ts';
import { topicKindOf, topicKinds } from '../protocol/topics.ts';
import type { Bus, ConsumeOptions, DeadLetter } from './bus.ts';

/** Characters of a fault that are kept. */
const maxMessage = 300;
const maxKey = 1_000;

/**
 * Where records go that cannot be worked on: a bounded topic for people, which `npm run cli -- dead-letters` reads. One record may be
 * there several times, if its partition is read again.
 *
 * @returns what a consumer sets records aside with.
 */
export function openDeadLetters(
  bus: Pick<Bus, 'publish'>,
  topic: string,
  registry: Registry,
  log: Logger,
): NonNullable<ConsumeOptions['setAside']> {
  const count = new Counter({
    name: 'longwire_bus_dead_letters_total',
    help: 'Records that could not be worked on and were set aside',
    labelNames: ['topic'],
    registers: [registry],
  });
  // From the start, or the first one of a topic would be no increase.
  for (const kind of topicKinds) count.inc({ topic: kind }, 0);
  return async (letter) => {
    const head = headOf(letter);
    try {
      await bus.publish(topic, [{ partition: 0, key: JSON.stringify(head), value: letter.record.value }]);
    } catch (error) {
      if (toLongwireError(error).code !== 'too_large') throw error;
      await bus.publish(topic, [{ partition: 0, key: JSON.stringify({ ...head, withoutValue: true }), value: '' }]);
    }
    count.inc({ topic: topicKindOf(letter.topic) });
    const { topic: from, group, partition, offset, code } = head;
    log.error({ topic: from, group, partition, offset, code }, 'a record was set aside as a dead letter');
  };
}

function headOf({ topic, group, partition, record, error }: DeadLetter): DeadLetterHead {
  const { offset, timeMs: at } = record;
  // Ours are far shorter.
  const key = record.key.slice(0, maxKey);
  return { topic, group, partition, offset, key, at, code: error.code, message: error.message.slice(0, maxMessage) };
}
