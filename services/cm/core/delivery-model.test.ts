import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../common/protocol/user-redis-calls.ts';
import { Delivery, type Stored } from './delivery.ts';

type Fate = 'now' | 'lost' | 'late' | 'twice';
type Step =
  | { do: 'push'; ttl: number; step: number; fate: Fate }
  | { do: 'late offer' | 'read' | 'answer' | 'fail' | 'reconnect' | 'reattach' | 'hint' | 'retry' }
  | { do: 'ack'; share: number }
  | { do: 'pass'; ms: number }
  | { do: 'view'; whole: boolean }
  | { do: 'block'; blocked: boolean };

const one = <T extends Step['do']>(name: T) => fc.constant({ do: name } as Step);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('push' as const),
      ttl: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 40 })),
      step: fc.integer({ min: 1, max: 5 }),
      fate: fc.constantFrom<Fate>('now', 'now', 'now', 'lost', 'late', 'twice'),
    }),
  },
  { weight: 2, arbitrary: one('late offer') },
  { weight: 3, arbitrary: one('read') },
  { weight: 3, arbitrary: one('answer') },
  { weight: 1, arbitrary: one('fail') },
  { weight: 1, arbitrary: one('reconnect') },
  { weight: 1, arbitrary: one('reattach') },
  { weight: 1, arbitrary: one('hint') },
  { weight: 1, arbitrary: one('retry') },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ack' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('view' as const), whole: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const), blocked: fc.boolean() }) },
);

/** A device, its queue, and the connection between them, where anything may come late, twice or not at all. */
class Model {
  readonly #window: number;
  #now = 1;
  #seq = 0;
  #whole = true;
  #queue: Entry[] = [];
  #pushed: Entry[] = [];
  /** What the device got, ever, and on this connection; what of it it has finished. */
  #got = new Set<number>();
  #gotHere: number[] = [];
  #finished = 0;
  #loginSeq = 0;
  #delivery: Delivery;
  #late: { seq: number; prev: number }[] = [];
  /** Pulls under way, in their order: more than one only where a reattach came in between. */
  #pulls: { after: number; limit: number; found?: Stored }[] = [];
  /** The node is owed a hint: an offer was lost, or never made. */
  #owed = false;

  constructor(window: number) {
    this.#window = window;
    this.#delivery = new Delivery(window, 0);
    this.#take(this.#read(0, window));
  }

  run(step: Step): void {
    switch (step.do) {
      case 'push':
        this.#push(step.ttl, step.step, step.fate);
        return;
      case 'late offer': {
        const [offer] = this.#late.splice(this.#late.length >> 1, 1);
        if (offer) this.#offer(offer);
        return;
      }
      case 'read': {
        const pull = this.#pulls.find(({ found }) => !found);
        if (pull) pull.found = this.#read(pull.after, pull.limit);
        return;
      }
      case 'answer': {
        const index = this.#pulls.findLastIndex(({ found }) => found);
        if (index >= 0) this.#take(this.#pulls.splice(index, 1)[0]!.found!);
        return;
      }
      case 'fail':
        if (!this.#pulls.shift()) return;
        this.#delivery.pullFailed();
        this.#pullIfDue();
        return;
      case 'reattach':
        this.#take(this.#read(this.#finished, this.#window));
        return;
      case 'reconnect':
        this.#reconnect();
        return;
      case 'hint':
        this.#delivery.hint();
        this.#pullIfDue();
        return;
      case 'retry':
        this.#begin(this.#delivery.retryPull() ?? this.#delivery.nextPull());
        return;
      case 'ack':
        this.#ack(this.#gotHere[Math.floor(step.share * (this.#gotHere.length - 1))]);
        return;
      case 'pass':
        this.#now += step.ms;
        return;
      case 'view':
        this.#whole = step.whole;
        return;
      case 'block':
        this.#delivery.setBlocked(step.blocked);
        this.#pullIfDue();
        return;
    }
  }

  /** All goes well from now on; then what the device never got is answered. */
  missing(): number[] {
    this.run({ do: 'view', whole: true });
    this.run({ do: 'block', blocked: false });
    if (this.#owed || this.#late.length > 0) this.run({ do: 'hint' });
    for (let round = 0; round < 2 * this.#pushed.length + this.#pulls.length + 10; round++) {
      for (const name of ['retry', 'read', 'answer'] as const) this.run({ do: name });
      this.#ack(this.#gotHere.at(-1));
    }
    expect(this.#pulls).toEqual([]);
    return this.#pushed.filter(({ seq, exp }) => exp > this.#now && !this.#got.has(seq)).map(({ seq }) => seq);
  }

  #push(ttl: number, by: number, fate: Fate): void {
    const prev = this.#queue.at(-1)?.seq ?? 0;
    this.#seq += by;
    const entry = { seq: this.#seq, task: `t${this.#seq}`, exp: this.#now + ttl, body: '{}' };
    this.#queue.push(entry);
    this.#pushed.push(entry);
    // A router offers nothing from a view that is not whole.
    if (!this.#whole || fate === 'lost') {
      this.#owed = true;
      return;
    }
    const offer = { seq: entry.seq, prev };
    if (fate === 'late') this.#late.push(offer);
    else this.#offer(offer);
    if (fate === 'twice') this.#late.push(offer);
  }

  #offer({ seq, prev }: { seq: number; prev: number }): void {
    if (this.#delivery.offer(seq, prev, `t${seq}`, this.#now)) this.#arrives(seq);
    this.#pullIfDue();
  }

  #read(after: number, limit: number): Stored {
    const above = this.#queue.filter(({ seq, exp }) => seq > after && exp > this.#now);
    // A view that is being filled again shows some of the queue.
    const shown = this.#whole ? above : above.filter(({ seq }) => seq % 2 === 0);
    return { entries: shown.slice(0, limit), more: shown.length > limit, ready: this.#whole };
  }

  #take(found: Stored): void {
    const sent = this.#delivery.stored(found, this.#now);
    if (!found.ready) expect(sent).toEqual([]);
    for (const { seq } of sent) this.#arrives(seq);
    this.#pullIfDue();
  }

  #arrives(seq: number): void {
    expect(seq).toBeGreaterThan(this.#gotHere.at(-1) ?? this.#loginSeq);
    const skipped = this.#queue.filter(
      (entry) =>
        entry.seq > this.#loginSeq && entry.seq < seq && entry.exp > this.#now && !this.#gotHere.includes(entry.seq),
    );
    expect(skipped, `sent before ${seq}`).toEqual([]);
    this.#gotHere.push(seq);
    this.#got.add(seq);
    expect(this.#gotHere.filter((one) => one > this.#finished).length).toBeLessThanOrEqual(this.#window);
  }

  #ack(seq: number | undefined): void {
    if (seq === undefined || seq <= this.#finished) return;
    this.#finished = seq;
    this.#delivery.ack(seq);
    this.#queue = this.#queue.filter((entry) => entry.seq > seq);
    this.#pullIfDue();
  }

  #reconnect(): void {
    this.#delivery = new Delivery(this.#window, this.#finished);
    this.#loginSeq = this.#finished;
    this.#gotHere = [];
    this.#late = [];
    this.#pulls = [];
    this.#owed = false;
    this.#take(this.#read(this.#finished, this.#window));
  }

  #pullIfDue(): void {
    this.#begin(this.#delivery.nextPull());
  }

  #begin(pull: { after: number; limit: number } | undefined): void {
    if (pull) this.#pulls.push(pull);
  }
}

test('DL1 DL2 DL3 DL4 however offers, pulls, acks and connections interleave, a device gets every unexpired message, in order, never more than a window at once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 120 }), (window, steps) => {
      const model = new Model(window);
      for (const step of steps) model.run(step);
      expect(model.missing()).toEqual([]);
    }),
    { seed: 20_260_101, numRuns: 1_500 },
  );
});
