import type { Connection } from './connection.ts';
import { keysOf } from './keys.ts';

/** Longest trim in one go, so that it holds Redis up for a few milliseconds only. */
const maxTrimmed = 20_000;

/** Drops records older than `retentionMs`, unless some group has yet to commit them. */
export async function trim(commands: Connection, topic: string, partitions: number[], retentionMs: number) {
  const keys = keysOf(topic);
  const olderThanMs = Date.now() - retentionMs;
  for (const partition of partitions) {
    const stream = keys.partition(partition);
    const keep = Number(await commands.run('offset-at', [stream], [olderThanMs]));
    await commands.run('trim', [stream, keys.groups, keys.commits], [partition, keep, maxTrimmed]);
  }
}
