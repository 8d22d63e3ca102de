import type { CmNodes } from '../common/cm-nodes.ts';
import type { KickReason } from '../common/protocol/cm-calls.ts';
import type { Route } from '../common/protocol/user-redis-calls.ts';

/** Ends connections on the nodes that hold them. */
export class Kicks {
  readonly #nodes: Pick<CmNodes, 'findFresh'>;

  constructor(nodes: Pick<CmNodes, 'findFresh'>) {
    this.#nodes = nodes;
  }

  /** A node without a lease has none any more. @throws LongwireError if the node didn't do it */
  async kick(route: Route, reason: KickReason): Promise<void> {
    const node = await this.#nodes.findFresh(route);
    await node?.calls.kick({ boot: route.boot, conns: [route.conn], reason });
  }
}
