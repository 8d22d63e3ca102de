import { randomInt } from 'node:crypto';
import type { StartedDevice } from '../../test/rigs/device.ts';
import { waitFor } from '../../test/rigs/process.ts';
import type { Upstream } from '../../test/rigs/upstream.ts';

const arriveMs = 60_000;

/** Pushes to one device each, at an even rate, timed from the start of the request to the device's app. */
export class SinglePushes {
  #upstream: Upstream;
  #devices: StartedDevice[];
  #perSecond: number;
  #begun = new Map<string, number>();
  #times: number[] = [];
  #number = 0;
  #refused = 0;

  /** @param devices each tells `arrived` of what its app gets. */
  constructor(upstream: Upstream, devices: StartedDevice[], perSecond: number) {
    this.#upstream = upstream;
    this.#devices = devices;
    this.#perSecond = perSecond;
  }

  arrived(text: string | undefined): void {
    const begun = text === undefined ? undefined : this.#begun.get(text);
    if (begun === undefined) return;
    this.#begun.delete(text!);
    this.#times.push(performance.now() - begun);
  }

  /**
   * Pushes while `work` goes on, and waits for what is under way then.
   *
   * @returns the time of each, ms.
   * @throws Error if one was refused or doesn't arrive.
   */
  async during(work: Promise<unknown>): Promise<number[]> {
    this.#times = [];
    const timer = setInterval(() => this.#push(), 1_000 / this.#perSecond);
    await work.finally(() => clearInterval(timer));
    await waitFor('single pushes arrive', () => this.#begun.size === 0, arriveMs);
    if (this.#refused > 0) throw new Error(`${this.#refused} single pushes were refused`);
    return this.#times;
  }

  #push(): void {
    const device = this.#devices[randomInt(this.#devices.length)]!;
    const text = `single ${this.#number++}`;
    this.#begun.set(text, performance.now());
    this.#upstream.push(device.cid(), text).catch(() => {
      this.#refused++;
      this.#begun.delete(text);
    });
  }
}

/** @param share 0.99 for p99. */
export function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
