import { type Sample, sumOf } from './metrics-text.ts';

/** What one instance said of itself at one moment. */
export interface Reading {
  atMs: number;
  samples: Sample[];
}

type Fits = (labels: Record<string, string>) => boolean;

/** Sums and rates over the instances of a role, each with its readings of the last while, oldest first. */
export class Readings {
  #instances: Reading[][];
  #leastMs: number;

  /** @param leastMs readings that span less make no rate: what happened in a moment says nothing of a minute. */
  constructor(instances: Reading[][], leastMs = 1) {
    this.#leastMs = leastMs;
    this.#instances = instances.filter((readings) => readings.length > 0);
  }

  /** Of the newest readings; undefined if no instance has the gauge. */
  sum(name: string, fits?: Fits): number | undefined {
    return this.#newest(name, fits)?.reduce((sum, value) => sum + value, 0);
  }

  /** For what every instance says of all of them. */
  most(name: string, fits?: Fits): number | undefined {
    return this.#newest(name, fits)?.reduce((most, value) => Math.max(most, value), 0);
  }

  /** Per second, from the oldest to the newest reading of each instance; undefined if none spans enough. */
  rate(name: string, fits?: Fits): number | undefined {
    const rates = this.#instances.flatMap((readings) => rateOf(readings, this.#leastMs, name, fits) ?? []);
    return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0);
  }

  #newest(name: string, fits?: Fits): number[] | undefined {
    const values = this.#instances.flatMap((readings) => sumOf(readings.at(-1)!.samples, name, fits) ?? []);
    return values.length === 0 ? undefined : values;
  }
}

function rateOf(readings: Reading[], leastMs: number, name: string, fits?: Fits): number | undefined {
  const [first, last] = [readings[0]!, readings.at(-1)!];
  if (last.atMs - first.atMs < leastMs) return undefined;
  let grown = 0;
  // A counter that was never counted up isn't there yet.
  let before = sumOf(first.samples, name, fits) ?? 0;
  for (const { samples } of readings.slice(1)) {
    const now = sumOf(samples, name, fits) ?? 0;
    // A process that started anew counts from 0.
    grown += now < before ? now : now - before;
    before = now;
  }
  return grown / ((last.atMs - first.atMs) / 1_000);
}
