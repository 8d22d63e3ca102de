import { userRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import { createClient } from '../../../services/common/rpc/client.ts';
import { faultOfCall } from '../faults.ts';

/** What waits for a device, the first of it with its messages. @throws CliError */
export async function readQueue(userRedis: { url: string; secret: string }, cid: string, limit: number) {
  const client = createClient(userRedisCalls, userRedis);
  try {
    const [{ results: statuses }, { results: queues }] = await Promise.all([
      client.calls.status({ items: [{ cid }] }),
      client.calls.pull({ items: [{ cid, after: 0, limit }] }),
    ]);
    const { entries, more, ready } = queues[0]!;
    return { depth: statuses[0]?.depth ?? entries.length, entries, more, ready };
  } catch (error) {
    throw faultOfCall('user-redis', error);
  } finally {
    await client.close();
  }
}
