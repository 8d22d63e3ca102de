import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessWatch } from './processes.ts';

/** CPU time by process, µs. */
export type CpuUse = Map<string, number>;

/** CPU time of a system's processes over pieces of work, less what the system uses at rest in as long a time. */
export class CpuMeter {
  #watch: Pick<ProcessWatch, 'cpuSeconds'>;
  #settleMs: number;
  /** µs a second. */
  #atRest: CpuUse = new Map();

  /** @param settleMs how long what follows a piece of work goes on, as receipts that wait for others; it is counted with it. */
  constructor(watch: Pick<ProcessWatch, 'cpuSeconds'>, settleMs: number) {
    this.#watch = watch;
    this.#settleMs = settleMs;
  }

  /** Takes what the system does now for its rest. */
  async readRest(seconds: number): Promise<void> {
    const before = this.#watch.cpuSeconds();
    await sleep(seconds * 1_000);
    this.#atRest = new Map(
      [...this.#watch.cpuSeconds()].map(([name, cpu]) => [name, ((cpu - (before.get(name) ?? 0)) * 1e6) / seconds]),
    );
  }

  /** Waits until what went before is done. */
  async settled(): Promise<void> {
    await sleep(this.#settleMs);
  }

  /** By process, what it used for a piece of work and all that follows. */
  async during(work: () => Promise<unknown>): Promise<CpuUse> {
    const before = this.#watch.cpuSeconds();
    const begunMs = performance.now();
    await work();
    await this.settled();
    const seconds = (performance.now() - begunMs) / 1_000;
    return new Map(
      [...this.#watch.cpuSeconds()].map(([name, cpu]) => {
        const us = (cpu - (before.get(name) ?? 0)) * 1e6;
        return [name, us - (this.#atRest.get(name) ?? 0) * seconds];
      }),
    );
  }
}

/** Of each process, µs for one of `count`, without the number of the instance in its name. */
export function perUnit(use: CpuUse, count: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [instance, us] of use) {
    const role = instance.replace(/-\d+$/, '');
    sums[role] = (sums[role] ?? 0) + us / count;
  }
  return sums;
}

export function sumOf(byProcess: Record<string, number>): number {
  return Object.values(byProcess).reduce((sum, us) => sum + us, 0);
}

/** Of some runs the one whose figure is in the middle. */
export function middleOf<T>(runs: T[], figure: (run: T) => number): T {
  return runs.toSorted((left, right) => figure(left) - figure(right))[Math.floor(runs.length / 2)]!;
}
