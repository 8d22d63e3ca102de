import { Redis } from 'ioredis';
import type { BusKind } from '../../scripts/up/args.ts';
import type { TestSystem } from '../rigs/system.ts';
import { fullFor, readOnlyFor } from './store-faults.ts';

const roles = ['cm', 'im', 'user-redis', 'user-mysql'].flatMap((role) => [`${role}-1`, `${role}-2`]);

/** A generator of numbers in [0, 1) that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed & 0x7fffffff;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

interface Fault {
  /** How often it is chosen, against the others' weights. */
  weight: number;
  /** Answers what it did. */
  run: () => Promise<string>;
}

/** Random faults, each done to a running system: what the seed says, one after another. */
export class Faults {
  readonly random: () => number;
  #system: TestSystem;
  #stores: string[];
  #faults: Fault[];
  /** Faults that end by themselves. */
  #under = new Set<Promise<void>>();
  /** What ends a fault that is still on, and when it does by itself. */
  #ends = new Map<NodeJS.Timeout, () => void | Promise<void>>();

  constructor(system: TestSystem, bus: BusKind, seed: number) {
    this.#system = system;
    this.random = seeded(seed);
    this.#stores = ['redis-1', 'mariadb-1', bus === 'kafka' ? 'kafka-1' : 'bus-redis-1'];
    const redises = this.#stores.filter((store) => store.includes('redis'));
    this.#faults = [
      { weight: 45, run: () => this.#signal(roles) },
      { weight: 15, run: () => this.#signal(this.#stores) },
      // The users' alone: no bus could stand it.
      { weight: 15, run: () => this.#onRedis('empty', 'redis-1', (redis) => redis.flushall()) },
      {
        weight: 5,
        run: () => this.#onRedis('forget scripts of', this.#one(redises), (redis) => redis.script('FLUSH')),
      },
      {
        weight: 5,
        run: () =>
          this.#onRedis('cut connections to', this.#one(redises), (redis) => redis.client('KILL', 'TYPE', 'NORMAL')),
      },
      {
        weight: 8,
        run: () => this.#forAWhile('is full', this.#one(redises), (url, ms) => fullFor(Number(new URL(url).port), ms)),
      },
      { weight: 8, run: () => this.#forAWhile('is read-only', 'mariadb-1', readOnlyFor) },
    ];
  }

  /** Does one fault and answers what it was. */
  async next(): Promise<string> {
    const sum = this.#faults.reduce((total, { weight }) => total + weight, 0);
    let at = this.random() * sum;
    for (const { weight, run } of this.#faults) {
      at -= weight;
      if (at < 0) return run();
    }
    return this.#faults.at(-1)!.run();
  }

  /** Ends every fault that is still on, but for killed processes: those come back by themselves. */
  async undo(): Promise<void> {
    await Promise.all([...[...this.#ends].map(([timer, end]) => this.#end(timer, end)), ...this.#under]);
  }

  /** SIGKILL to one of them, or SIGSTOP for 1 to 12 s. */
  async #signal(candidates: string[]): Promise<string> {
    const victim = this.#one(candidates);
    const kill = this.random() < 0.6;
    const frozenMs = this.#duration(1_000, 12_000);
    if (!this.#runs(victim)) return `${victim} is down already`;
    const pid = this.#system.kill(victim, kill ? 'SIGKILL' : 'SIGSTOP');
    if (kill) return `kill ${victim}`;
    this.#later(frozenMs, () => resume(pid));
    return `freeze ${victim} for ${frozenMs} ms`;
  }

  /** A store refuses for 2 to 10 s, and serves again after that; one that is killed meanwhile comes back as it was before. */
  async #forAWhile(what: string, store: string, refuse: (url: string, ms: number) => Promise<void>): Promise<string> {
    const ms = this.#duration(2_000, 10_000);
    if (!this.#runs(store)) return `${store} is down already`;
    const refusing = refuse(this.#system.processOf(store).url!, ms).catch(() => {});
    this.#under.add(refusing);
    void refusing.then(() => this.#under.delete(refusing));
    return `${store} ${what} for ${ms} ms`;
  }

  async #onRedis(what: string, store: string, run: (redis: Redis) => Promise<unknown>): Promise<string> {
    if (!this.#runs(store)) return `${store} is down already`;
    const redis = new Redis(this.#system.processOf(store).url!, { maxRetriesPerRequest: 1, commandTimeout: 2_000 });
    redis.on('error', () => {});
    try {
      await run(redis);
      return `${what} ${store}`;
    } catch {
      return `${what} ${store}: it does not answer`;
    } finally {
      redis.disconnect();
    }
  }

  #one(candidates: string[]): string {
    return candidates[Math.floor(this.random() * candidates.length)]!;
  }

  #runs(victim: string): boolean {
    return this.#system.run().processes.some(({ instance }) => instance === victim);
  }

  #duration(leastMs: number, mostMs: number): number {
    return Math.round(leastMs + this.random() * (mostMs - leastMs));
  }

  #later(afterMs: number, end: () => void | Promise<void>): void {
    const timer = setTimeout(() => void this.#end(timer, end), afterMs);
    this.#ends.set(timer, end);
  }

  async #end(timer: NodeJS.Timeout, end: () => void | Promise<void>): Promise<void> {
    clearTimeout(timer);
    if (this.#ends.delete(timer)) await end();
  }
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was ended while it was frozen.
  }
}
