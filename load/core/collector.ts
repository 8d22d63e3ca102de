import { type Counts, noCounts, sumCounts, totalOf } from './counts.ts';
import { Latency } from './latency.ts';
import type { EncodedLatencies, Tick } from './messages.ts';
import { byKind, type Kind, kinds } from './mix.ts';

export interface Latencies {
  accept: Latency;
  connect: Latency;
  send: Latency;
  delivery: Record<Kind, Latency>;
}

/** A piece of the time of a load. Rates are a second, latencies ms; null where nothing was measured. */
export interface Point {
  /** Seconds since the first device was dialed, of the piece's end. */
  at: number;
  connected: number;
  pushes: number;
  deliveries: number;
  acceptP50: number | null;
  acceptP99: number | null;
  deliveryP50: number | null;
  deliveryP99: number | null;
  deliveryMax: number | null;
}

/** What a load looks like at a moment. */
export interface Snapshot {
  counts: Counts;
  connected: number;
  ready: number;
  stopped: number;
  inFlight: number;
  outstanding: number;
  /** In the last second. */
  pushesPerSecond: number;
  deliveriesPerSecond: number;
}

/** Points of a series at the most, for a load that takes as long as was expected. */
const maxPoints = 3_600;

/** Puts together what the workers tell. */
export class Collector {
  readonly total = newLatencies();
  readonly points: Point[] = [];
  #secondsPerPoint: number;
  #ofPoint = newLatencies();
  #pointBegan = { at: 0, accepted: 0, arrived: 0 };
  #last = { at: 0, accepted: 0, arrived: 0 };
  #ticks: (Tick | undefined)[];

  /** @param expectedSeconds that the whole load takes. */
  constructor(workers: number, expectedSeconds: number) {
    this.#ticks = Array.from({ length: workers });
    this.#secondsPerPoint = Math.max(1, Math.ceil(expectedSeconds / maxPoints));
  }

  tick(worker: number, tick: Tick): void {
    this.#ticks[worker] = tick;
    addEncoded(this.#ofPoint, tick.latencies);
    addEncoded(this.total, tick.latencies);
  }

  /** A worker that is gone has no devices any more; what it counted stays. */
  gone(worker: number): void {
    const tick = this.#ticks[worker];
    if (tick) this.#ticks[worker] = { ...tick, connected: 0, ready: 0, stopped: 0, inFlight: 0, outstanding: 0 };
  }

  /** To be called every second. @param at seconds since the begin */
  second(at: number): Snapshot {
    const now = this.#now(at);
    const span = Math.max(0.001, at - this.#last.at);
    const { accepted, arrived } = this.#last;
    this.#last = now;
    if (at - this.#pointBegan.at >= this.#secondsPerPoint - 0.5) this.#closePoint(now);
    return {
      ...this.sum(),
      pushesPerSecond: (now.accepted - accepted) / span,
      deliveriesPerSecond: (now.arrived - arrived) / span,
    };
  }

  sum(): Omit<Snapshot, 'pushesPerSecond' | 'deliveriesPerSecond'> {
    const ticks = this.#ticks.filter((tick) => tick !== undefined);
    const add = (name: 'connected' | 'ready' | 'stopped' | 'inFlight' | 'outstanding'): number =>
      ticks.reduce((sum, tick) => sum + tick[name], 0);
    return {
      counts: ticks.length === 0 ? noCounts() : sumCounts(ticks.map(({ counts }) => counts)),
      ...{ connected: add('connected'), ready: add('ready'), stopped: add('stopped') },
      ...{ inFlight: add('inFlight'), outstanding: add('outstanding') },
    };
  }

  /** Over all kinds. */
  delivery(): Latency {
    return merged(this.total.delivery);
  }

  #now(at: number): { at: number; accepted: number; arrived: number } {
    const { counts } = this.sum();
    return { at, accepted: totalOf(counts.pushes).accepted, arrived: totalOf(counts.messages).arrived };
  }

  #closePoint(now: { at: number; accepted: number; arrived: number }): void {
    const began = this.#pointBegan;
    const delivery = merged(this.#ofPoint.delivery);
    const at = (latency: Latency, percentile: number) => (latency.count === 0 ? null : latency.at(percentile));
    const span = now.at - began.at;
    this.points.push({
      at: rounded(now.at),
      connected: this.sum().connected,
      pushes: rounded((now.accepted - began.accepted) / span),
      deliveries: rounded((now.arrived - began.arrived) / span),
      ...{ acceptP50: at(this.#ofPoint.accept, 50), acceptP99: at(this.#ofPoint.accept, 99) },
      ...{ deliveryP50: at(delivery, 50), deliveryP99: at(delivery, 99), deliveryMax: at(delivery, 100) },
    });
    this.#pointBegan = now;
    const { accept, connect, send } = this.#ofPoint;
    for (const one of [accept, connect, send, ...Object.values(this.#ofPoint.delivery)]) one.reset();
  }
}

function newLatencies(): Latencies {
  const [accept, connect, send] = [new Latency(), new Latency(), new Latency()];
  return { accept, connect, send, delivery: byKind(() => new Latency()) };
}

function addEncoded(to: Latencies, from: EncodedLatencies): void {
  for (const name of ['accept', 'connect', 'send'] as const) to[name].addEncoded(from[name]);
  for (const kind of kinds) to.delivery[kind].addEncoded(from.delivery[kind]);
}

function merged(perKind: Record<Kind, Latency>): Latency {
  const all = new Latency();
  for (const kind of kinds) all.add(perKind[kind]);
  return all;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
