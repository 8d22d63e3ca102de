import type { CmNodes } from '../common/cm-nodes.ts';
import type { Logger } from '../common/log.ts';
import type { KickReason } from '../common/protocol/cm-calls.ts';
import type { NodeLease, Route } from '../common/protocol/user-redis-calls.ts';
import type { Gateway } from './gateway.ts';

/** Ends connections: here, or on the node whose lease still has the route's boot. One that is gone needs no kick. */
export class Kicker {
  #self: NodeLease;
  #gateway: Pick<Gateway, 'link' | 'run'>;
  #nodes: Pick<CmNodes, 'findFresh'>;
  #log: Logger;

  constructor(self: NodeLease, gateway: Pick<Gateway, 'link' | 'run'>, nodes: Pick<CmNodes, 'findFresh'>, log: Logger) {
    this.#self = self;
    this.#gateway = gateway;
    this.#nodes = nodes;
    this.#log = log;
  }

  kick(route: Route, reason: KickReason): void {
    if (route.node === this.#self.node && route.boot === this.#self.boot) this.kickHere([route.conn], reason);
    else {
      this.#kickThere(route, reason).catch((error: unknown) => {
        // Its next attach or its heartbeat ends it; until then it gets nothing, for its route is gone.
        this.#log.info({ node: route.node, err: error }, 'kick did not reach the node');
      });
    }
  }

  kickHere(conns: number[], reason: KickReason): void {
    for (const conn of conns) {
      const link = this.#gateway.link(conn);
      if (link) this.#gateway.run(link, link.connection.kick(reason));
    }
  }

  async #kickThere(route: Route, reason: KickReason): Promise<void> {
    const node = await this.#nodes.findFresh(route);
    await node?.calls.kick({ boot: route.boot, conns: [route.conn], reason });
  }
}
