import type { Delivery } from '../../common/protocol/cm-calls.ts';
import type { Route } from '../../common/protocol/user-redis-calls.ts';

/** A message for one device. */
export interface Offer {
  route: Route;
  prev: number;
  message: Omit<Delivery, 'targets'>;
}

/** What one node gets of what is offered at once. */
export interface NodeShare {
  /** Of any of its connections. */
  route: Route;
  deliveries: Delivery[];
}

/** Groups offers by node, and those of a message that stand together into one delivery of each node. */
export function nodeShares(offers: Offer[]): NodeShare[] {
  const shares = new Map<string, NodeShare & { last?: Offer['message'] }>();
  for (const { route, prev, message } of offers) {
    const key = `${route.node} ${route.boot}`;
    let share = shares.get(key);
    if (!share) {
      share = { route, deliveries: [] };
      shares.set(key, share);
    }
    const target = { conn: route.conn, prev };
    if (share.last === message) share.deliveries.at(-1)!.targets.push(target);
    else {
      const { task, exp, body, seq } = message;
      share.deliveries.push({ task, exp, body, seq, targets: [target] });
      share.last = message;
    }
  }
  return [...shares.values()];
}
