import { Batcher } from '../../common/batcher.ts';
import type { CmNode, CmNodes } from '../../common/cm-nodes.ts';
import type { Logger } from '../../common/log.ts';
import { partsOf } from '../../common/parts.ts';
import type { Delivery } from '../../common/protocol/cm-calls.ts';
import type { Route } from '../../common/protocol/user-redis-calls.ts';
import { escapedBytes, maxCallBytes } from '../../common/rpc/contract.ts';
import { every } from '../../common/ticks.ts';
import type { RouterMetrics } from '../metrics.ts';
import { type NodeShare, nodeShares, type Offer } from './node-shares.ts';

interface NodeQueue {
  /** Of any of its connections. */
  route: Route;
  batcher: Batcher<Delivery[], undefined>;
  /** Connections to be hinted once the node answers again; not empty: it is passed over until then. */
  owed: Set<number>;
  /** A hint is under way; what is owed from now on is not covered by it. */
  hinting: boolean;
  /** Rounds in a row in which the node had no lease. */
  absent: number;
  /** Messages that wait or are on their way, and bytes of their bodies. */
  pending: number;
  bytes: number;
  /** It did not take a batch promptly: it is not waited for until it does again. */
  late: boolean;
}

/** Connections of one call at the most, but for a message that has more. */
const maxTargets = 1_000;
/** Messages of one call at the most. */
const maxMessages = 500;
/** Connections owed a hint per node at the most; beyond it the node's own sweep finds what is left. */
const maxOwed = 100_000;
/** Messages that wait for one node at the most, and bytes of their bodies; what is over is left in the queues, and the node gets a hint later. */
const maxPending = 20_000;
const maxPendingBytes = 32 * 1024 * 1024;
/** How long a node is waited for. */
const patienceMs = 250;
const hintBatch = 5_000;
const roundMs = 500;
/** Rounds after which a node without a lease is forgotten: longer than a node that just came takes to be known here. */
const maxAbsent = 20;

/**
 * Hands stored messages to the CM nodes that hold their devices, in batches. Messages are safe in their queues: what a node
 * doesn't take is left there, and the node gets a hint when it answers again, or when its lease is known here. A slow node
 * holds up nobody: it is waited for once, for a moment, and then no more until it is prompt again; after a failure its messages are
 * only noted until a hint goes through.
 */
export class Handoff {
  #nodes: Pick<CmNodes, 'find' | 'findFresh'>;
  #queues = new Map<string, NodeQueue>();
  #metrics: RouterMetrics;
  #log: Logger;
  #end: (() => void) | undefined;

  constructor(nodes: Pick<CmNodes, 'find' | 'findFresh'>, metrics: RouterMetrics, log: Logger) {
    this.#nodes = nodes;
    this.#metrics = metrics;
    this.#log = log;
  }

  start(): void {
    this.#end = every(roundMs, () => void this.payHints());
  }

  stop(): void {
    this.#end?.();
  }

  /** Resolves when what waits for nodes is taken or has failed. */
  async drained(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ batcher }) => batcher.drained()));
  }

  /**
   * Resolves when every node has taken its part or has failed to, late ones left out. Never rejects. Offers of one message stand together.
   *
   * What a prompt node was offered is committed after that, so a router that is killed leaves it to its successor.
   */
  async offer(offers: Offer[]): Promise<void> {
    const shares = nodeShares(offers);
    if (shares.length === 1) return this.#toNode(shares[0]!);
    await Promise.all(shares.map((share) => this.#toNode(share)));
  }

  async #toNode({ route, deliveries }: NodeShare): Promise<void> {
    const queue = this.#queueOf(route);
    const given = this.#give(queue, deliveries);
    if (queue.late) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, patienceMs, 'late');
    });
    if ((await Promise.race([given, late])) === 'late') queue.late = true;
    clearTimeout(timer);
  }

  async #give(queue: NodeQueue, deliveries: Delivery[]): Promise<void> {
    const { route } = queue;
    // No lease: it may have come just now. If it stays away, its devices come back elsewhere and read their queues.
    if (passedOver(queue) || !(this.#nodes.find(route) ?? (await this.#nodes.findFresh(route)))) {
      owe(queue, deliveries);
      return;
    }
    const taken = deliveries.filter((delivery) => take(queue, delivery));
    await Promise.all(partsOf(taken, sizeOf, 1).map((part) => queue.batcher.add(part)));
  }

  #queueOf(route: Route): NodeQueue {
    const key = `${route.node} ${route.boot}`;
    const known = this.#queues.get(key);
    if (known) return known;
    const queue: NodeQueue = {
      route,
      owed: new Set(),
      hinting: false,
      absent: 0,
      pending: 0,
      bytes: 0,
      late: false,
      batcher: new Batcher({
        maxItems: maxMessages,
        maxPending,
        concurrency: 2,
        weigh: (part) => part.reduce((sum, delivery) => sum + sizeOf(delivery), 0),
        maxWeight: 1,
        run: async (parts) => {
          const deliveries = parts.flat();
          await this.#deliver(queue, deliveries);
          for (const { body } of deliveries) queue.bytes -= Buffer.byteLength(body);
          queue.pending -= deliveries.length;
          return parts.map(() => undefined);
        },
      }),
    };
    this.#queues.set(key, queue);
    return queue;
  }

  /** Never rejects. */
  async #deliver(queue: NodeQueue, deliveries: Delivery[]): Promise<void> {
    const { route } = queue;
    // It failed while these were waiting: one deadline is enough.
    if (passedOver(queue)) {
      owe(queue, deliveries);
      return;
    }
    const begunMs = performance.now();
    try {
      const node = this.#nodes.find(route);
      await node?.calls.deliver({ boot: route.boot, deliveries });
      if (performance.now() - begunMs < patienceMs) queue.late = false;
      this.#metrics.handoffs.inc({ outcome: node ? 'ok' : 'gone' });
      if (!node) owe(queue, deliveries);
    } catch (error) {
      this.#metrics.handoffs.inc({ outcome: 'failed' });
      this.#log.warn({ node: route.node, err: error }, 'node did not take messages');
      owe(queue, deliveries);
    }
  }

  /** One round of hints to the nodes that are owed some, side by side; never rejects. Runs by itself once started. */
  async payHints(): Promise<void> {
    const rounds: Promise<void>[] = [];
    for (const [key, queue] of this.#queues) {
      const node = this.#nodes.find(queue.route);
      if (!node) {
        if (++queue.absent > maxAbsent) this.#queues.delete(key);
        continue;
      }
      queue.absent = 0;
      if (queue.owed.size > 0 && !queue.hinting) rounds.push(this.#hint(queue, node));
    }
    await Promise.all(rounds);
  }

  async #hint(queue: NodeQueue, node: CmNode): Promise<void> {
    const conns = [...queue.owed].slice(0, hintBatch);
    // Taken out before the call: a message that is stored during it owes a hint of its own.
    for (const conn of conns) queue.owed.delete(conn);
    queue.hinting = true;
    try {
      await node.calls.hint({ boot: queue.route.boot, conns }, { deadlineMs: roundMs });
    } catch (error) {
      for (const conn of conns) queue.owed.add(conn);
      this.#log.debug({ node: queue.route.node, err: error }, 'node does not take hints yet');
    } finally {
      queue.hinting = false;
    }
  }
}

/** Of what one call may have, in messages or connections, and in bytes: the sum is never under the largest of the three. */
function sizeOf({ targets, body }: Delivery): number {
  return Math.max(1 / maxMessages, targets.length / maxTargets) + escapedBytes(body) / maxCallBytes;
}

/** Counts a message among those that wait; without room for it, it is owed. */
function take(queue: NodeQueue, delivery: Delivery): boolean {
  const bytes = Buffer.byteLength(delivery.body);
  if (queue.pending >= maxPending || queue.bytes + bytes > maxPendingBytes) {
    owe(queue, [delivery]);
    return false;
  }
  queue.pending++;
  queue.bytes += bytes;
  return true;
}

function passedOver(queue: NodeQueue): boolean {
  return queue.hinting || queue.owed.size > 0;
}

function owe(queue: NodeQueue, deliveries: Delivery[]): void {
  for (const { targets } of deliveries) {
    for (const { conn } of targets) if (queue.owed.size < maxOwed) queue.owed.add(conn);
  }
}
