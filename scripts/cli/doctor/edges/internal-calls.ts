import { userRedisCalls } from '../../../../services/common/protocol/user-redis-calls.ts';
import { createClient } from '../../../../services/common/rpc/client.ts';
import { whyOf } from '../../edges/upstream.ts';
import { type Layout, type Reading, read, type SecretTry, unread } from '../readings.ts';
import { reasonOf } from './redis-servers.ts';

const callMs = 2_000;

/** A role that takes calls, and one of them that changes nothing. */
export interface Callee {
  to: string;
  url: string;
  call: 'nodes' | 'app' | 'rebalancing';
}

/** Whether a role takes a secret. Whatever it answers but "unauthorized" says so: the secret is looked at first. */
export async function trySecret(by: string, secret: string, { to, url, call }: Callee): Promise<SecretTry> {
  try {
    const response = await fetch(`${url}/rpc/${call}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(call === 'app' ? { appId: 'doctor' } : {}),
      signal: AbortSignal.timeout(callMs),
    });
    await response.arrayBuffer();
    return { by, to, answer: read(response.status === 401 ? 'refused' : 'taken') };
  } catch (error) {
    return { by, to, answer: unread(`${url}: ${whyOf(error)}`) };
  }
}

/** How user-redis lays positions out, and where the cms are that have a lease. */
export async function askUserRedis(
  url: string,
  secret: string,
): Promise<{ layout: Reading<Layout>; leases: string[] }> {
  const { calls, close } = createClient(userRedisCalls, { url, secret, tryMs: callMs });
  try {
    // The lowest generation: it changes nothing, as the highest that any role says counts.
    const [layout, { nodes }] = await Promise.all([
      calls.layout({ routeGeneration: 1 }, { deadlineMs: callMs }),
      calls.nodes({}, { deadlineMs: callMs }),
    ]);
    return { layout: read(layout), leases: nodes.map(({ address }) => address) };
  } catch (error) {
    return { layout: unread(`user-redis can't be asked (${reasonOf(error)})`), leases: [] };
  } finally {
    await close();
  }
}
