import type { Clock } from './clock.ts';
import { backoffMs } from './core/backoff.ts';
import { DeviceError } from './errors.ts';
import type { Tuning } from './tuning.ts';

/** A deadline of `Waits.within` passed; another type than what the awaited work itself may throw. */
export class DeadlinePassed extends DeviceError {}

export interface WaitsPorts {
  clock: Clock;
  tuning: Tuning;
  random: () => number;
}

/** Pauses, further tries and deadlines on one clock, which `stop` cuts short. */
export class Waits {
  #ports: WaitsPorts;
  #pauses = new Set<() => void>();
  #stopped = false;

  constructor(ports: WaitsPorts) {
    this.#ports = ports;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Resolves after `ms`, or at once when stopped. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#ports.clock.after(ms, end);
      this.#pauses.add(end);
      if (this.#stopped) end();
    });
  }

  /** Runs it until it answers true, with backoff between. False if it did not before a stop. */
  async retry(run: (attempt: number) => Promise<boolean>): Promise<boolean> {
    const { random, tuning } = this.#ports;
    for (let attempt = 0; ; attempt++) {
      if (await run(attempt)) return true;
      await this.pause(backoffMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, random));
      if (this.#stopped) return false;
    }
  }

  /** What `run`, called at once, answers. @throws DeadlinePassed after `ms`; what comes later is dropped. */
  async within<T>(ms: number, what: string, run: () => T | Promise<T>): Promise<T> {
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#ports.clock.after(ms, () => reject(new DeadlinePassed('timeout', `${what} took over ${ms} ms`)));
    });
    try {
      return await Promise.race([run(), late]);
    } finally {
      cancel();
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const end of this.#pauses) end();
  }
}
