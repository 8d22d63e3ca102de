import { readFileSync } from 'node:fs';
import type { RunningProcess } from '../scripts/up/run-file.ts';
import { parseProcessStat } from '../services/common/process-stat.ts';
import type { TestSystem } from '../test/rigs/system.ts';

const sampleMs = 100;
/** Ticks of a process's CPU time a second, the same on every Linux. */
const ticksPerSecond = 100;
const kibPerMib = 1_024;

/** Memory and CPU time of the processes of a system; an instance that starts anew goes on under its name. */
export class ProcessWatch {
  #system: TestSystem;
  #timer: NodeJS.Timeout;
  #samples = new Map<string, number[]>();

  constructor(system: TestSystem) {
    this.#system = system;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** Forgets what was seen. */
  begin(): void {
    this.#samples.clear();
  }

  /** Of each instance, in MB: the median since `begin`. */
  medians(): Map<string, number> {
    return this.#each((values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!);
  }

  /** Of each instance, in MB: the most since `begin`. */
  peaks(): Map<string, number> {
    return this.#each((values) => values.reduce((most, value) => Math.max(most, value)));
  }

  /** CPU time that each instance has used since its process began, seconds. */
  cpuSeconds(): Map<string, number> {
    return new Map(this.#processes().map(({ instance, pid }) => [instance, cpuOf(pid) ?? 0]));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #processes(): RunningProcess[] {
    return this.#system.run().processes;
  }

  #sample(): void {
    for (const { instance, pid } of this.#processes()) {
      const rss = rssOf(pid);
      if (rss === undefined) continue;
      const seen = this.#samples.get(instance);
      if (seen) seen.push(rss);
      else this.#samples.set(instance, [rss]);
    }
  }

  #each(of: (values: number[]) => number): Map<string, number> {
    return new Map([...this.#samples].map(([instance, values]) => [instance, of(values)]));
  }
}

/** MB; undefined for a process that has ended. */
function rssOf(pid: number): number | undefined {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  return found ? Number(found[1]) / kibPerMib : undefined;
}

/** CPU time that a process and its threads have used, user and system, seconds. */
export function cpuOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseProcessStat(stat).cpuTicks / ticksPerSecond;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
