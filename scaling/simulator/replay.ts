import { type Plan, Scaler } from '../core/scaler.ts';
import { scaledRoles } from '../roles.ts';
import type { Curve, Moment } from './curves.ts';
import { Instances } from './instances.ts';
import { QueueModel, type Second } from './queue-model.ts';
import { callsPerLogin, callsPerMessage, serviceTimes, startS } from './service-times.ts';

export type ReplayedRole = keyof typeof serviceTimes;

/** One point of a replay, each quarter of a minute. */
export interface Point {
  second: number;
  replicas: number;
  serving: number;
  /** Instances that what comes in needs at this very moment, each at its target. */
  needed: number;
  latencyS: number;
  waiting: number;
  /** Connections of the fullest instance. */
  fullest: number;
  /** Devices that found no room. */
  outside: number;
}

export type Replay = Record<ReplayedRole, Point[]>;

/** Kubernetes' HPA looks this often; its figures were scraped up to as long ago, and rates are over the minute before. */
const everyS = 15;
const rateS = 60;
/** A cm that goes spreads the logins of its devices over this. */
const drainS = 60;
/** Every other minute more or fewer messages come than the curve says, by up to this share, and from second to second by half of it. */
const gust = 0.2;
const gustS = 120;
/** What waits on the bus waits as long as it has to; a caller gives up. */
const maxWaitS: Record<ReplayedRole, number> = { cm: 10, im: 3_600, 'user-redis': 2 };
const catchUpS = 60;
const names = Object.keys(serviceTimes) as ReplayedRole[];

/** Runs a curve through plans of the roles, second by second. The same seed gives the same. */
export function replay(curve: Curve, seed = 1, plans: Record<ReplayedRole, Plan> = scaledRoles): Replay {
  const random = seeded(seed);
  const points: Replay = { cm: [], im: [], 'user-redis': [] };
  const roles = {} as Record<ReplayedRole, RoleAtWork>;
  const first = neededFor(curve.at(0));
  for (const role of names) roles[role] = new RoleAtWork(role, plans[role], first[role]);
  const cm = roles.cm.instances;
  cm.connect(curve.at(0).devices, 0);
  let returning = 0;
  let gusty = 0;

  for (let second = 0; second < curve.hours * 3_600; second++) {
    const { devices, logins: others, messages } = curve.at(second);
    if (second % gustS === 0) gusty = gust * (2 * random() - 1);
    const vary = (rate: number): number => rate * (1 + gusty + (gust / 2) * (2 * random() - 1));
    returning -= returning / drainS;
    const before = cm.connections();
    cm.connect(devices - returning - before, second);
    const came = Math.max(0, cm.connections() - before);
    const moment = { devices, logins: vary(others) + came, messages: vary(messages) };
    const [arriving, needed] = [arrivalsOf(moment), neededFor(moment)];
    for (const role of names) {
      const went = roles[role].step(arriving[role], needed[role], second);
      if (role === 'cm') returning += went;
      if (second % everyS === 0) points[role].push(roles[role].point(second, devices - returning));
    }
  }
  return points;
}

/** Units of each role's work. */
function arrivalsOf({ logins, messages }: Moment): Record<ReplayedRole, number> {
  return { cm: logins, im: messages, 'user-redis': callsPerMessage * messages + callsPerLogin * logins };
}

/** Instances that a moment needs, each at its target. */
function neededFor(moment: Moment): Record<ReplayedRole, number> {
  const arriving = arrivalsOf(moment);
  const { cm, im, 'user-redis': userRedis } = scaledRoles;
  return {
    cm: Math.max(moment.devices / cm.figures['connections']!.target, arriving.cm / cm.figures['logins']!.target),
    im: arriving.im / im.figures['records']!.target,
    'user-redis': arriving['user-redis'] / userRedis.figures['calls']!.target,
  };
}

class RoleAtWork {
  readonly instances: Instances;
  #role: ReplayedRole;
  #queue: QueueModel;
  #scaler: Scaler;
  #seconds: (Second & { needed: number })[] = [];

  constructor(role: ReplayedRole, plan: Plan, needed: number) {
    this.#role = role;
    this.instances = new Instances(Math.min(plan.limits.max, Math.max(plan.limits.min, Math.ceil(needed))), startS);
    this.#queue = new QueueModel(serviceTimes[role], maxWaitS[role]);
    this.#scaler = new Scaler(plan);
  }

  /** @returns the connections of instances that went. */
  step(arriving: number, needed: number, second: number): number {
    this.#seconds.push({ ...this.#queue.step(arriving, this.instances.serving(second)), needed });
    if (this.#seconds.length > rateS + everyS) this.#seconds.shift();
    if (second % everyS !== 0 || second < rateS) return 0;
    const current = this.instances.count;
    const pressure = { current, serving: this.instances.serving(second), hung: 0, values: this.#values() };
    return this.instances.resize(this.#scaler.decide(pressure, second * 1_000).replicas, second);
  }

  /** @param devices that want to be connected now. */
  point(second: number, devices: number): Point {
    const last = this.#seconds.slice(-everyS);
    const { latencyS, waiting } = last.at(-1)!;
    const { count: replicas } = this.instances;
    const isCm = this.#role === 'cm';
    return {
      ...{ second, replicas, latencyS, waiting },
      serving: this.instances.serving(second),
      needed: last.reduce((sum, one) => sum + one.needed, 0) / last.length,
      fullest: isCm ? this.instances.fullest() : 0,
      outside: isCm ? Math.max(0, devices - this.instances.connections()) : 0,
    };
  }

  /** As they were scraped last, rates over the minute before that. */
  #values(): Record<string, number> {
    const seen = this.#seconds.slice(0, Math.max(1, this.#seconds.length - everyS));
    const mean = (of: (second: Second) => number): number => seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
    const rate = mean(({ done }) => done);
    const latency = mean(({ done, latencyS }) => done * latencyS) / Math.max(1, rate);
    switch (this.#role) {
      case 'cm':
        return { connections: this.instances.connections(), logins: rate };
      case 'im':
        return { records: rate + seen.at(-1)!.waiting / catchUpS, accept_latency: latency };
      case 'user-redis':
        return { calls: rate, in_flight: rate * latency, latency };
    }
  }
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
