import type { CmNode } from '../common/cm-nodes.ts';
import type { Logger } from '../common/log.ts';
import { maxShedPerSecond } from '../common/protocol/cm-calls.ts';
import type { Run, RunState } from '../common/protocol/rebalance-calls.ts';
import { nextRun } from '../common/ticks.ts';
import { balanceStep, newBalance } from './core/balance.ts';
import type { CmMetrics } from './metrics.ts';

/** A device stays for so long where it came to, ms, before it may be told again; a run tells each once instead. */
const restMs = 600_000;
/** From the start of one round to that of the next, ms. */
const roundMs = 1_000;
/** Answers of nodes are awaited for so long, ms. */
const askMs = 900;
/** Rounds that find all even, after which a run has ended: those that were told last are back by then. */
const evenRounds = 3;
/** Rounds in a row that can do nothing, after which a run has ended. */
const maxIdleRounds = 60;
/** Rounds to stay away from nodes that another coordinates: up to twice as many, by chance, as two may ask at once. */
const stepBackRounds = 5;
/** Devices of all that a run moves in a second unless it is told. */
const runShare = 0.01;

export interface RebalancerOptions {
  self: { node: string; boot: string };
  nodes: { all(): CmNode[]; refresh(): Promise<void> };
  /** Read each time. `rebalancePerSecond` 0: only runs. */
  config: { rebalancePerSecond: number; rebalanceShare: number };
  metrics: Pick<CmMetrics, 'rebalanceRounds'>;
  log: Logger;
  random?: () => number;
  /** ms of a clock that doesn't jump. */
  clock?: () => number;
}

interface Rules {
  share: number;
  /** Undefined: a hundredth of all. */
  perSecond: number | undefined;
  minAgeMs: number;
}

interface RunUnderWay extends Pick<Run, 'state' | 'told' | 'nodes' | 'running'> {
  rules: Omit<Rules, 'minAgeMs'>;
  beganAt: number;
  endedAt: number;
  even: number;
  idle: number;
}

/**
 * Evens out devices over all nodes, a round a second: for good from the first of the nodes, if the configuration says so, or once from
 * whichever node was asked. It acts only if every node that has a lease answers and lets it, so there is one at a time.
 */
export class Rebalancer {
  #options: RebalancerOptions;
  #by: string;
  #balance = newBalance;
  #claims = false;
  #stepBack = 0;
  #rounds = 0;
  #run: RunUnderWay | undefined;
  #stopped = false;
  #loop: Promise<void> | undefined;
  #wake = new AbortController();

  constructor(options: RebalancerOptions) {
    this.#options = options;
    this.#by = `${options.self.node}:${options.self.boot}`;
  }

  start(): void {
    this.#loop ??= this.#turns();
  }

  /** No order is given any more. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#loop;
  }

  /** Begins a run; one that is under way goes on as it was asked for. */
  async begin({ perSecond, share }: { perSecond?: number; share?: number }): Promise<void> {
    if (this.#run?.running) return;
    const rules = { perSecond, share: share ?? this.#options.config.rebalanceShare };
    const counts = { told: 0, even: 0, idle: 0, endedAt: 0, nodes: [] };
    this.#balance = newBalance;
    this.#claims = true;
    this.#run = { running: true, state: 'unknown', rules, beganAt: this.#now(), ...counts };
    // A node that came just now has a lease already.
    await this.#options.nodes.refresh();
  }

  run(): Run | null {
    if (!this.#run) return null;
    const { running, state, told, nodes, beganAt, endedAt } = this.#run;
    return { running, state, told, nodes, forMs: Math.round((running ? this.#now() : endedAt) - beganAt) };
  }

  /** One round. @returns what it found; undefined: nothing was to be done. */
  async round(): Promise<RunState | undefined> {
    const rules = this.#rules();
    if (!rules || this.#stopped) {
      this.#balance = newBalance;
      this.#claims = false;
      return undefined;
    }
    const state = await this.#roundBy(rules);
    this.#options.metrics.rebalanceRounds.inc({ state });
    if (this.#run?.running) this.#note(this.#run, state);
    return state;
  }

  #rules(): Rules | undefined {
    const { nodes, self, config } = this.#options;
    if (this.#run?.running) {
      // Whoever was told by this run has logged in since it began. A node reads this up to `askMs` later.
      return { ...this.#run.rules, minAgeMs: Math.ceil(this.#now() - this.#run.beganAt) + roundMs };
    }
    const { rebalancePerSecond: perSecond, rebalanceShare: share } = config;
    const first = nodes.all().every(({ lease }) => self.node <= lease.node);
    return perSecond > 0 && first ? { share, perSecond, minAgeMs: restMs } : undefined;
  }

  async #roundBy({ share, perSecond, minAgeMs }: Rules): Promise<RunState> {
    if (this.#stepBack > 0) {
      this.#stepBack--;
      return 'taken';
    }
    const nodes = this.#options.nodes.all();
    const round = ++this.#rounds;
    const claim = this.#claims;
    const found = await Promise.allSettled(
      nodes.map(async ({ lease, calls }) => {
        const load = await calls.load({ boot: lease.boot, by: this.#by, claim, minAgeMs }, { deadlineMs: askMs });
        return { node: lease.node, ...load };
      }),
    );
    const loads = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (loads.length < nodes.length) return 'unknown';
    if (loads.some(({ draining }) => draining)) return 'draining';
    const devices = loads.map(({ node, staying, leaving }) => ({ node, devices: staying + leaving }));
    if (this.#run?.running) this.#run.nodes = devices.toSorted((left, right) => (left.node < right.node ? -1 : 1));
    if (claim && loads.some(({ claimed }) => !claimed)) {
      this.#claims = false;
      this.#stepBack = stepBackRounds + Math.floor((this.#options.random ?? Math.random)() * stepBackRounds);
      return 'taken';
    }
    const all = devices.reduce((sum, one) => sum + one.devices, 0);
    const perRound = perSecond ?? Math.min(maxShedPerSecond, Math.max(1, Math.floor(all * runShare)));
    // A run was asked for: it doesn't wait until a node is far over.
    const before = this.#run?.running ? { ...this.#balance, underWay: true } : this.#balance;
    const step = balanceStep(before, loads, { share, perRound });
    this.#balance = step.balance;
    this.#claims = step.orders.size > 0;
    // In a round that didn't claim the nodes, what was found only makes the next one do so.
    if (claim && !this.#stopped) await this.#order(nodes, step.orders, round, minAgeMs);
    return step.state;
  }

  async #order(nodes: CmNode[], orders: Map<string, number>, round: number, minAgeMs: number): Promise<void> {
    const { log } = this.#options;
    await Promise.all(
      [...orders].map(async ([node, count]) => {
        const { lease, calls } = nodes.find((one) => one.lease.node === node)!;
        try {
          const order = { boot: lease.boot, by: this.#by, round, count, minAgeMs };
          const { told } = await calls.shed(order, { deadlineMs: askMs });
          if (this.#run) this.#run.told += told;
          log.debug({ node, count, told }, 'devices were told to come back elsewhere');
        } catch (error) {
          log.info({ node, err: error }, 'a node told no devices');
        }
      }),
    );
  }

  #note(run: RunUnderWay, state: RunState): void {
    run.state = state;
    run.even = state === 'even' ? run.even + 1 : 0;
    run.idle = state === 'moving' || state === 'even' ? 0 : run.idle + 1;
    const rested = (state === 'resting' || state === 'alone') && run.idle >= evenRounds;
    if (run.even < evenRounds && !rested && run.idle < maxIdleRounds) return;
    run.running = false;
    run.endedAt = this.#now();
    const { told, nodes } = run;
    this.#options.log.info({ state, told, nodes }, 'evening out has ended');
  }

  async #turns(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.round();
      } catch (error) {
        this.#options.log.warn({ err: error }, 'a round of evening out failed');
      }
      await nextRun(roundMs, this.#wake.signal);
    }
  }

  #now(): number {
    return (this.#options.clock ?? (() => performance.now()))();
  }
}
