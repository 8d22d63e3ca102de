import { LongwireError } from '../../common/errors.ts';
import type { Entry, Route } from '../../common/protocol/user-redis-calls.ts';
import type { Queues } from '../ports.ts';

type Call = keyof Queues;
type Found = Awaited<ReturnType<Queues['pull']>>['results'][number];

/** Devices' queues and routes in memory, as user-redis keeps them; calls fail, or wait, as the test says. */
export class MemoryQueues implements Queues {
  readonly queues = new Map<string, Entry[]>();
  readonly routes = new Map<string, Route>();
  /** Devices that are marked as blacklisted. */
  readonly blacklist = new Set<string>();
  /** Devices that have attached. */
  readonly #known = new Set<string>();
  readonly #bseqs = new Map<string, number>();
  readonly #loggedInAt = new Map<string, number>();
  /** Whether the view is whole. */
  ready = true;
  /** How many of the next calls of a kind fail. */
  readonly faults: Partial<Record<Call, number>> = {};
  /** Calls of a kind wait for this before they answer; what they do is done before. */
  readonly gates: Partial<Record<Call, Promise<void>>> = {};
  readonly calls: { call: Call; cid: string }[] = [];

  /** Drops all that was noted of devices but their queues: for whoever measures what they cost cm. */
  forgetDevices(): void {
    this.calls.length = 0;
    for (const noted of [this.routes, this.#known, this.#bseqs, this.#loggedInAt]) noted.clear();
  }

  add(cid: string, ...seqs: number[]): void {
    const queue = this.queues.get(cid) ?? [];
    for (const seq of seqs) {
      const task = `t${seq}`;
      const head = { t: 'push', id: `m${seq}`, task, at: 1, exp: Number.MAX_SAFE_INTEGER };
      queue.push({ seq, task, exp: head.exp, body: JSON.stringify({ ...head, transmission: 'x' }) });
    }
    this.queues.set(cid, queue);
  }

  seqs(cid: string): number[] {
    return (this.queues.get(cid) ?? []).map(({ seq }) => seq);
  }

  count(call: Call): number {
    return this.calls.filter((one) => one.call === call).length;
  }

  attach: Queues['attach'] = ({ items }) =>
    this.#answer('attach', items, ({ cid, route, seq, again, loggedInAt, limit, bseq, tail }) => {
      const nothing = {
        lost: false,
        replaced: null,
        bseqBefore: null,
        finished: [],
        entries: [],
        more: false,
        ready: true,
      };
      if (this.blacklist.has(cid)) return { ...nothing, blacklisted: true as const };
      const before = this.routes.get(cid) ?? null;
      const same = before?.node === route.node && before.boot === route.boot && before.conn === route.conn;
      const later = (this.#loggedInAt.get(cid) ?? 0) >= loggedInAt;
      if (again && before && !same && later) {
        return { ...nothing, lost: true, replaced: before };
      }
      const unknown = this.#known.has(cid) ? {} : { unknown: true as const };
      this.#known.add(cid);
      this.routes.set(cid, route);
      this.#loggedInAt.set(cid, loggedInAt);
      const finished = (this.queues.get(cid) ?? []).filter((entry) => entry.seq <= seq);
      const bseqBefore = this.#bseqs.get(cid) ?? null;
      this.#bseqs.set(cid, bseq ?? bseqBefore ?? tail);
      const told = { replaced: same ? null : before, bseqBefore, finished };
      return { lost: false, ...unknown, ...told, ...this.#above(cid, seq, limit) };
    });

  pull: Queues['pull'] = ({ items }) =>
    this.#answer('pull', items, ({ cid, after, limit }) => this.#above(cid, after, limit));

  ack: Queues['ack'] = ({ items }) =>
    this.#answer('ack', items, ({ cid, seq }) => {
      this.queues.set(
        cid,
        (this.queues.get(cid) ?? []).filter((entry) => entry.seq > seq),
      );
      return {};
    });

  detach: Queues['detach'] = ({ items }) =>
    this.#answer('detach', items, ({ cid, route }) => {
      const before = this.routes.get(cid);
      if (before?.conn === route.conn && before.boot === route.boot) this.routes.delete(cid);
      return {};
    });

  #above(cid: string, after: number, limit: number): Found {
    const above = (this.queues.get(cid) ?? []).filter((entry) => entry.seq > after);
    return { entries: this.ready ? above.slice(0, limit) : [], more: above.length > limit, ready: this.ready };
  }

  async #answer<Item extends { cid: string }, Result>(
    call: Call,
    items: Item[],
    one: (item: Item) => Result,
  ): Promise<{ results: Result[] }> {
    for (const { cid } of items) this.calls.push({ call, cid });
    const results = items.map(one);
    await this.gates[call];
    const faults = this.faults[call] ?? 0;
    if (faults > 0) {
      this.faults[call] = faults - 1;
      throw new LongwireError('unavailable', `${call}: away`);
    }
    return { results };
  }
}
