import type { Logger } from './log.ts';
import { type CmCalls, cmCalls } from './protocol/cm-calls.ts';
import type { NodeLease, Route, UserRedisCalls } from './protocol/user-redis-calls.ts';
import { type ClosableClient, createClient } from './rpc/client.ts';
import type { Client } from './rpc/contract.ts';
import { every } from './ticks.ts';

export interface CmNode {
  lease: NodeLease;
  calls: Client<CmCalls>;
}

export interface CmNodesOptions {
  secret: string;
  /** How often the leases are read. */
  everyMs: number;
}

/** The CM nodes that have a lease now, each with a client to its own address. */
export class CmNodes {
  #leases: Pick<Client<UserRedisCalls>, 'nodes'>;
  #options: CmNodesOptions;
  #log: Logger;
  #nodes = new Map<string, CmNode & { client: ClosableClient<CmCalls> }>();
  #end: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #readAt = 0;

  constructor(leases: Pick<Client<UserRedisCalls>, 'nodes'>, options: CmNodesOptions, log: Logger) {
    this.#leases = leases;
    this.#options = options;
    this.#log = log;
  }

  start(): void {
    this.#end = every(this.#options.everyMs, () => void this.refresh());
    void this.refresh();
  }

  async stop(): Promise<void> {
    this.#end?.();
    await Promise.all([...this.#nodes.values()].map(({ client }) => client.close()));
    this.#nodes.clear();
  }

  all(): CmNode[] {
    return [...this.#nodes.values()];
  }

  /** The node that this route is on, if it has a lease with the route's boot. */
  find(route: Route): CmNode | undefined {
    const node = this.#nodes.get(route.node);
    return node?.lease.boot === route.boot ? node : undefined;
  }

  /** Like `find`; a node that is not known may have come just now, so the leases are read once more (at most five times a second). */
  async findFresh(route: Route): Promise<CmNode | undefined> {
    const node = this.find(route);
    if (node || Date.now() - this.#readAt < 200) return node;
    await this.refresh();
    return this.find(route);
  }

  /** Reads the leases; while they can't be read, the last ones known stay. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const { nodes } = await this.#leases.nodes({}, { deadlineMs: 1_000 });
      this.#readAt = Date.now();
      this.#replace(nodes);
    } catch (error) {
      this.#log.debug({ err: error }, 'leases could not be read');
    }
  }

  #replace(leases: NodeLease[]): void {
    const current = new Map(leases.map((lease) => [lease.node, lease]));
    for (const [name, { lease, client }] of this.#nodes) {
      const now = current.get(name);
      if (now?.boot === lease.boot && now.address === lease.address) current.delete(name);
      else {
        this.#nodes.delete(name);
        void client.close();
      }
    }
    for (const lease of current.values()) {
      const client = createClient(cmCalls, {
        url: lease.address,
        secret: this.#options.secret,
        tryMs: 1_000,
      });
      this.#nodes.set(lease.node, { lease, calls: client.calls, client });
    }
  }
}
