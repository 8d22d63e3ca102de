import type { Clock } from './clock.ts';
import { DeviceError } from './errors.ts';

/** A deadline of `Waits.within` passed; another type than what the awaited work itself may throw. */
export class DeadlinePassed extends DeviceError {
  constructor(message: string) {
    super('timeout', message);
  }
}

/** Pauses and deadlines on one clock, which `stop` cuts short. */
export class Waits {
  #clock: Clock;
  #pauses = new Set<() => void>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Resolves after `ms`, or at once when stopped. */
  pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      this.#pauses.add(end);
    });
  }

  /** What `run` answers. @throws DeadlinePassed after `ms`; what comes later is dropped. */
  async within<T>(ms: number, what: string, run: () => T | Promise<T>): Promise<T> {
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(ms, () => reject(new DeadlinePassed(`${what} took over ${ms} ms`)));
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
