import { cmCalls } from '../../../services/common/protocol/cm-calls.ts';
import { userRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import { ask, type Place } from './internal-call.ts';

/** The node that a device is connected to, and since when (ms since the epoch, null: not known); null: to none. @throws CliError */
export function connectionOf(userRedis: Place, cid: string): Promise<{ node: string; since: number | null } | null> {
  return ask('user-redis', userRedisCalls, userRedis, async (calls) => {
    const found = (await calls.connections({ items: [{ cid }] })).results[0];
    return found ? { node: found.route.node, since: found.since } : null;
  });
}

/** Ends a device's connection. Answers the node that it was on; null: it had none. @throws CliError */
export async function endConnection(userRedis: Place, cid: string): Promise<string | null> {
  const at = await ask('user-redis', userRedisCalls, userRedis, async (calls) => {
    const [{ results }, { nodes }] = await Promise.all([calls.connections({ items: [{ cid }] }), calls.nodes({})]);
    const route = results[0]?.route;
    const lease = nodes.find(({ node, boot }) => node === route?.node && boot === route.boot);
    return route && lease ? { route, url: lease.address } : null;
  });
  if (!at) return null;
  const { boot, conn, node } = at.route;
  await ask('cm', cmCalls, { url: at.url, secret: userRedis.secret }, (calls) =>
    calls.kick({ boot, conns: [conn], reason: 'admin' }),
  );
  return node;
}
