import type { Logger } from '../common/log.ts';

export interface KeeperOptions {
  everyMs: number;
  /** Pause after a round that failed. */
  retryMs: number;
}

/** Looks after the tables now and then, the first time at once. */
export class Keeper {
  #round: () => Promise<object | undefined>;
  #options: KeeperOptions;
  #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @param round answers what it changed, or undefined if another instance is at it. */
  constructor(round: () => Promise<object | undefined>, options: KeeperOptions, log: Logger) {
    this.#round = round;
    this.#options = options;
    this.#log = log;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    this.#running = this.#roundAndAgain();
  }

  /** Waits for the round under way, which ends early. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #roundAndAgain(): Promise<void> {
    let waitMs = this.#options.everyMs;
    try {
      const changed = await this.#round();
      this.#log.info({ changed }, changed ? 'tables are looked after' : 'another instance looks after the tables');
    } catch (error) {
      this.#log.warn({ err: error }, 'tables could not be looked after');
      waitMs = this.#options.retryMs;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), waitMs);
  }
}
