import { type ChannelResult, channelKey, taskKey } from '../core/merge-receipts.ts';
import { inKeyOrder, slices } from '../core/order.ts';
import type { Session } from '../database.ts';
import type { OpenTask } from './tasks.ts';

const rowsAtOnce = 500;

/**
 * Notes what came of messages by channels, of each device and channel what is said first, and adds it to the tasks' figures.
 *
 * @param results distinct and sorted.
 * @param tasks those that are open, by key; results of others are passed over.
 */
export async function noteChannelResults(
  session: Session,
  results: ChannelResult[],
  tasks: ReadonlyMap<string, OpenTask>,
): Promise<void> {
  const ofOpen = results.filter((result) => tasks.has(taskKey(result)));
  const fresh: ChannelResult[] = [];
  for (const [day, ofDay] of Map.groupBy(ofOpen, (result) => tasks.get(taskKey(result))!.day)) {
    for (const some of slices(ofDay, rowsAtOnce)) {
      const known = await session.rows<Pick<ChannelResult, 'app' | 'task' | 'cid' | 'channel'>>(
        `SELECT app_id AS app, task_id AS task, cid, kind AS channel FROM channel_result
         WHERE day = ? AND (app_id, task_id, cid, kind) IN (?)`,
        [day, some.map(({ app, task, cid, channel }) => [app, task, cid, channel])],
      );
      const knownKeys = new Set(known.map(channelKey));
      const added = some.filter((result) => !knownKeys.has(channelKey(result)));
      if (added.length === 0) continue;
      await session.run('INSERT INTO channel_result (app_id, task_id, cid, kind, day, result, at) VALUES ?', [
        added.map(({ app, task, cid, channel, result, at }) => [app, task, cid, channel, day, result, at]),
      ]);
      fresh.push(...added);
    }
  }
  // Rows are locked in one order everywhere.
  const groups = inKeyOrder(Map.groupBy(fresh, (one) => `${taskKey(one)}\n${one.channel}\n${one.result}`));
  for (const some of slices(groups, rowsAtOnce)) {
    await session.run(
      'INSERT INTO channel_count (app_id, task_id, kind, result, n) VALUES ? ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
      [some.map((group) => [group[0]!.app, group[0]!.task, group[0]!.channel, group[0]!.result, group.length])],
    );
  }
}
