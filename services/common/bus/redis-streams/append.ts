import { LongwireError } from '../../errors.ts';
import { retentionOf } from '../../protocol/topics.ts';
import type { Appended, Group } from '../publisher.ts';
import { keysOf } from './keys.ts';
import type { Replication } from './replication.ts';
import { type Bounds, maxTrimmed } from './retention.ts';

/** What the script answers where too much may not go. */
const full = -1;
/** What it answers where there is no such partition. */
const noPartition = -2;

/**
 * Appends groups of one topic with one script call. Answers the offset of each group's first record, or why its partition took
 * none of what was for it.
 *
 * @throws LongwireError as `Replication.append` does: some may have been kept.
 */
export async function append(
  replication: Replication,
  groups: Group[],
  bounds: Bounds,
  groupGoneMs: number,
): Promise<Appended[]> {
  const { topic } = groups[0]!;
  const perPartition = Map.groupBy(groups, ({ partition }) => partition);
  const keys = keysOf(topic);
  const scriptKeys = [keys.topic, keys.sizes, keys.groups, keys.commits, keys.seen];
  const may = retentionOf(topic).kind === 'kept' ? 'any' : 'committed';
  const args: (string | number)[] = [bounds.records, bounds.bytes, may, groupGoneMs, maxTrimmed];
  for (const [partition, own] of perPartition) {
    scriptKeys.push(keys.partition(partition));
    args.push(
      partition,
      own.reduce((sum, { records }) => sum + records.length, 0),
    );
    for (const { records } of own) for (const { key, value } of records) args.push(key, value);
  }
  const answer = (await replication.append('append', scriptKeys, args)) as (number | string)[];
  const next = new Map([...perPartition.keys()].map((partition, index) => [partition, answer[index]!]));
  return groups.map(({ partition, records }) => {
    const first = next.get(partition)!;
    if (typeof first === 'string' || first < 0) return refusal(`${topic}/${partition}`, first);
    next.set(partition, first + records.length);
    return first;
  });
}

/** True of the answer for a partition that isn't there: also those of a topic that was lost. */
export function isMissing(answer: Appended): boolean {
  return answer instanceof LongwireError && answer.cause === noPartition;
}

function refusal(partition: string, answer: number | string): LongwireError {
  switch (answer) {
    case full:
      return new LongwireError('overloaded', `bus: partition ${partition} is full of unread records`);
    case noPartition:
      return new LongwireError('unavailable', `bus: there is no partition ${partition}`, { cause: noPartition });
    default:
      return new LongwireError('unavailable', `bus: partition ${partition}: ${answer}`);
  }
}
