import { setTimeout as sleep } from 'node:timers/promises';
import { watchProcess } from '../../services/common/hung/edges/watch.ts';
import { endAfterMs } from '../../services/common/hung/judgement.ts';
import { boundLogs, logTail } from './logs.ts';
import type { RunningProcess } from './run-file.ts';
import { say, UpError } from './say.ts';
import { Supervised, type Unit } from './supervised.ts';

export interface SystemOptions {
  /** Groups that start one after another, each at once within; they stop in reverse. */
  groups: { units: Unit[]; graceMs: number }[];
  logFileOf: (instance: string) => string;
  urlOf: (instance: string) => string | undefined;
  /** Called whenever `processes()` has changed. */
  onChange: () => void;
}

/** How long all roles may take to be ready. */
const readyLimitMs = 120_000;
/** Exit code of a role whose configuration does not fit: starting it again would change nothing. */
const configurationFault = 78;

/** All processes of one system under supervision. */
export class System {
  #options: SystemOptions;
  #groups: { graceMs: number; members: Supervised[] }[];
  #stops: (() => void)[] = [];
  #watches = new Map<Supervised, () => void>();
  #ready = false;
  #stopping = false;
  #fatal = Promise.withResolvers<never>();

  constructor(options: SystemOptions) {
    this.#options = options;
    this.#groups = options.groups.map(({ units, graceMs }) => ({
      graceMs,
      members: units.map((unit) => this.#supervise(unit)),
    }));
    // Whoever races against it may not be there yet, or no longer.
    this.#fatal.promise.catch(() => {});
  }

  /** Resolves when every role is ready. @throws UpError with the last lines of what did not start. */
  async start(): Promise<void> {
    this.#stops.push(boundLogs(() => this.#members().map(({ unit }) => this.#options.logFileOf(unit.instance))));
    for (const { members } of this.#groups) await Promise.all(members.map((member) => this.#startOne(member)));
    const roles = this.#members().filter(({ unit }) => unit.ops);
    await Promise.race([Promise.all(roles.map((member) => this.#whenReady(member.unit))), this.#fatal.promise]);
    this.#ready = true;
  }

  /** The processes that run now. */
  processes(): RunningProcess[] {
    return this.#members().flatMap(({ unit, pid }) => {
      if (pid === undefined) return [];
      const url = this.#options.urlOf(unit.instance);
      const known = { role: unit.role, instance: unit.instance, pid };
      const pages = { health: unit.ops?.ready ?? null, metrics: unit.ops?.metrics ?? null };
      return [url === undefined ? { ...known, ...pages } : { ...known, ...pages, url }];
    });
  }

  /** Starts one more beside those of its role, and resolves when it is ready. @throws UpError if it isn't: then it is gone. */
  async add(unit: Unit): Promise<void> {
    const group = this.#groups.find(({ members }) => members.some((one) => one.unit.role === unit.role));
    if (this.#stopping || !group) return;
    const member = this.#supervise(unit);
    group.members.push(member);
    try {
      await this.#startOne(member);
      await this.#whenReady(unit);
    } catch (error) {
      await this.remove(unit.instance);
      throw error;
    }
  }

  /** Stops one for good, as at the end of all. */
  async remove(instance: string): Promise<void> {
    const group = this.#groups.find(({ members }) => members.some(({ unit }) => unit.instance === instance));
    const member = group?.members.find(({ unit }) => unit.instance === instance);
    if (!group || !member) return;
    this.#watches.get(member)?.();
    this.#watches.delete(member);
    await member.stop(group.graceMs);
    group.members = group.members.filter((one) => one !== member);
    this.#options.onChange();
  }

  /** All units, whether a process stands for them now or not. */
  units(): Unit[] {
    return this.#members().map(({ unit }) => unit);
  }

  /** Instances of a role. */
  instancesOf(role: string): { unit: Unit; pid: number | undefined }[] {
    return this.#members()
      .filter(({ unit }) => unit.role === role)
      .map(({ unit, pid }) => ({ unit, pid }));
  }

  /** Ends all processes, in order, each within its group's grace. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const stop of [...this.#stops.splice(0), ...this.#watches.values()]) stop();
    for (const { members, graceMs } of this.#groups.toReversed()) {
      await Promise.all(members.map((member) => member.stop(graceMs)));
    }
  }

  #members(): Supervised[] {
    return this.#groups.flatMap(({ members }) => members);
  }

  #supervise(unit: Unit): Supervised {
    return new Supervised(unit, {
      onChange: this.#options.onChange,
      onEnd: ({ exitCode, retryInMs }) => {
        if (!this.#ready && exitCode === configurationFault) {
          this.#fatal.reject(new UpError(`${unit.instance} does not start:\n${this.#tail(unit)}`));
        }
        const how = exitCode === null ? 'was ended' : `ended with code ${exitCode}`;
        say(`${unit.instance} ${how}; starting it again in ${retryInMs / 1_000} s`);
      },
    });
  }

  async #startOne(member: Supervised): Promise<void> {
    const { unit } = member;
    if (!unit.ops) say(`starting ${unit.role} (the first start takes longer) …`);
    try {
      await member.start();
    } catch (error) {
      throw new UpError(`${unit.instance} does not start: ${(error as Error).message}`);
    }
    if (!unit.ops) return;
    const stopWatching = watchProcess({
      url: unit.ops.live,
      pid: () => member.pid,
      afterMs: endAfterMs,
      onLook: ({ hung, fault }) => {
        if (!hung) return;
        say(`${unit.instance} hangs (${fault}); ending it`);
        void member.kill();
      },
    });
    this.#watches.set(member, stopWatching);
  }

  async #whenReady(unit: Unit): Promise<void> {
    let fault = 'no answer';
    for (const end = Date.now() + readyLimitMs; Date.now() < end && !this.#stopping; await sleep(100)) {
      try {
        const response = await fetch(unit.ops?.ready ?? '', { signal: AbortSignal.timeout(2_000) });
        if (response.ok) return say(`${unit.instance} is ready`);
        fault = (await response.text()).slice(0, 500);
      } catch {
        // Not listening yet.
      }
    }
    throw new UpError(
      `${unit.instance} was not ready within ${readyLimitMs / 1_000} s (${fault}):\n${this.#tail(unit)}`,
    );
  }

  #tail(unit: Unit): string {
    return logTail(this.#options.logFileOf(unit.instance));
  }
}
