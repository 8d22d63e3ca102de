import type { CmNodes } from './cm-nodes.ts';
import type { KickReason } from './protocol/cm-calls.ts';
import type { Route } from './protocol/user-redis-calls.ts';

/** Ends connections on the nodes that hold them. A node without a lease has none any more. */
export class Kicks {
  #nodes: Pick<CmNodes, 'find' | 'refresh'>;

  constructor(nodes: Pick<CmNodes, 'find' | 'refresh'>) {
    this.#nodes = nodes;
  }

  /** @throws LongwireError retryable, if one of the nodes didn't do it. */
  async kick(routes: Route[], reason: KickReason): Promise<void> {
    // A node that is not known may have come just now.
    if (routes.some((route) => !this.#nodes.find(route))) await this.#nodes.refresh();
    const perNode = Map.groupBy(routes, ({ node, boot }) => `${node} ${boot}`);
    await Promise.all(
      [...perNode.values()].map(async (onNode) => {
        const { boot } = onNode[0]!;
        const conns = onNode.map(({ conn }) => conn);
        await this.#nodes.find(onNode[0]!)?.calls.kick({ boot, conns, reason });
      }),
    );
  }
}
