import { type Reading, Readings } from '../../scaling/core/readings.ts';
import { type Decision, Scaler } from '../../scaling/core/scaler.ts';
import { adapted, type ScaledRoleName, scaledRoles, valuesOf } from '../../scaling/roles.ts';
import type { AutoscaleOptions } from './autoscale-args.ts';
import { readInstance } from './instance-reading.ts';
import { say } from './say.ts';
import type { Unit } from './supervised.ts';

/** The part of a system that is scaled. */
export interface Scalable {
  /** Instances of a role, each with its process; none while it is about to start again. */
  members(role: ScaledRoleName): { unit: Unit; pid: number | undefined }[];
  /** Starts further instances, or stops some of these, and resolves when that is done. */
  scale(role: ScaledRoleName, count: number, unwanted: string[]): Promise<void>;
}

/** Figures are read this often, and rates are over the last minute, both shorter where windows are. */
const everyMs = 5_000;
const leastEveryMs = 500;
const rateWindowMs = 60_000;
/** The window holds at least so many readings. */
const leastReadings = 4;
/** Answers missed in a row after which an instance counts as hung. */
const hungAfter = 2;

interface Known {
  pid: number | undefined;
  readings: Reading[];
  /** It answered once in this life, so it has started. */
  started: boolean;
  missed: number;
}

/** Decides how many instances each role has, from what they export, until it is stopped. */
export class Autoscaler {
  #system: Scalable;
  #everyMs: number;
  #windowMs: number;
  #scalers: Map<ScaledRoleName, Scaler>;
  #known = new Map<string, Known>();
  #timer: NodeJS.Timeout | undefined;
  #readInstance: typeof readInstance;
  #busy = new Set<ScaledRoleName>();

  constructor(system: Scalable, { limits, targets, hasten }: AutoscaleOptions, read = readInstance) {
    this.#system = system;
    this.#readInstance = read;
    this.#everyMs = Math.max(leastEveryMs, everyMs / hasten);
    this.#windowMs = Math.max(rateWindowMs / hasten, leastReadings * this.#everyMs);
    const names = Object.keys(scaledRoles) as ScaledRoleName[];
    this.#scalers = new Map(
      names.map((role) => [role, new Scaler(adapted(scaledRoles[role], limits[role], targets[role], hasten))]),
    );
  }

  start(): void {
    this.#timer = setInterval(() => void this.round(), this.#everyMs);
  }

  /** Nothing is decided any more; what was decided goes on. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads all instances, and decides. */
  async round(): Promise<void> {
    await Promise.all([...this.#scalers.keys()].map((role) => this.#roundOf(role)));
  }

  /** One after another for a role: while instances come and go, nothing new is decided. */
  async #roundOf(role: ScaledRoleName): Promise<void> {
    if (this.#busy.has(role)) return;
    this.#busy.add(role);
    try {
      await this.#decide(role, this.#scalers.get(role)!);
    } catch (error) {
      say(`scaling ${role}: ${(error as Error).message}`);
    } finally {
      this.#busy.delete(role);
    }
  }

  async #decide(role: ScaledRoleName, scaler: Scaler): Promise<void> {
    const members = this.#system.members(role);
    const known = await Promise.all(members.map(({ unit, pid }) => this.#read(unit, pid)));
    const serving = known.filter(({ started, missed }) => started && missed === 0);
    const hung = members.filter((_member, index) => known[index]!.started && known[index]!.missed >= hungAfter);
    const pressure = {
      current: members.length,
      serving: serving.length,
      hung: hung.length,
      values: valuesOf(
        scaledRoles[role],
        new Readings(
          serving.map(({ readings }) => readings),
          this.#windowMs / 2,
        ),
      ),
    };
    const decision = scaler.decide(pressure, Date.now());
    if (decision.replicas === members.length) return;
    say(described(role, members.length, decision, scaler, hung.length));
    await this.#system.scale(
      role,
      decision.replicas,
      hung.map(({ unit }) => unit.instance),
    );
  }

  async #read(unit: Unit, pid: number | undefined): Promise<Known> {
    const before = this.#known.get(unit.instance);
    const known: Known = before && before.pid === pid ? before : { pid, readings: [], started: false, missed: 0 };
    this.#known.set(unit.instance, known);
    const answer = await this.#readInstance(unit, this.#everyMs);
    if (answer === undefined) {
      known.missed++;
      return known;
    }
    known.missed = 0;
    known.started ||= answer.ready;
    const { atMs, samples } = answer;
    known.readings = [...known.readings.filter((one) => atMs - one.atMs <= this.#windowMs), { atMs, samples }];
    return known;
  }
}

/** `cm 1 -> 2: connections 23 (10 each) ask for 3`, so that each decision can be understood. */
function described(role: string, from: number, decision: Decision, { plan }: Scaler, hung: number): string {
  const votes = decision.votes.map(({ figure, value, wanted }) => {
    const { target, kind } = plan.figures[figure]!;
    return `${figure} ${shown(value)} (${kind === 'load' ? 'each' : 'target'} ${target}) asks for ${wanted}`;
  });
  const missing = decision.missing.map((figure) => `${figure} is missing`);
  const out = hung > 0 ? [`${hung} hung`] : [];
  return `${role} ${from} -> ${decision.replicas}: ${[...votes, ...missing, ...out].join(', ')}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
