import { userRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import { ask, type Place } from './internal-call.ts';

/** What waits for a device, the first of it with its messages. @throws CliError */
export function readQueue(userRedis: Place, cid: string, limit: number) {
  return ask('user-redis', userRedisCalls, userRedis, async (calls) => {
    const [{ results: statuses }, { results: queues }] = await Promise.all([
      calls.status({ items: [{ cid }] }),
      calls.pull({ items: [{ cid, after: 0, limit }] }),
    ]);
    const { entries, more, ready } = queues[0]!;
    return { depth: statuses[0]?.depth ?? entries.length, entries, more, ready };
  });
}
