import type { CmNodes } from '../common/cm-nodes.ts';
import type { Logger } from '../common/log.ts';
import type { KickReason } from '../common/protocol/cm-calls.ts';
import type { NodeLease, Route } from '../common/protocol/user-redis-calls.ts';
import type { Gateway } from './gateway.ts';
import type { Replacements } from './replacements.ts';

/** Ends connections: here, or on the node whose lease still has the route's boot. One that is gone needs no kick. */
export class Kicker {
  #self: NodeLease;
  #gateway: Pick<Gateway, 'link' | 'run'>;
  #nodes: Pick<CmNodes, 'findFresh'>;
  #replacements: Pick<Replacements, 'waitAfter'>;
  #log: Logger;

  constructor(
    self: NodeLease,
    gateway: Pick<Gateway, 'link' | 'run'>,
    nodes: Pick<CmNodes, 'findFresh'>,
    replacements: Pick<Replacements, 'waitAfter'>,
    log: Logger,
  ) {
    this.#self = self;
    this.#gateway = gateway;
    this.#nodes = nodes;
    this.#replacements = replacements;
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
      if (!link) continue;
      const { who } = link.connection;
      const after = reason === 'replaced' && who ? this.#replacements.waitAfter(who.cid) : undefined;
      this.#gateway.run(link, link.connection.kick(reason, after));
    }
  }

  async #kickThere(route: Route, reason: KickReason): Promise<void> {
    const node = await this.#nodes.findFresh(route);
    await node?.calls.kick({ boot: route.boot, conns: [route.conn], reason });
  }
}
