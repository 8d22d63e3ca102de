import type { Logger } from '../common/log.ts';
import type { Database } from './database.ts';

/** Asks MySQL now and then whether it is there; a change is logged once. Neither there nor away before `start`. */
export class Availability {
  #database: Pick<Database, 'rows'>;
  #log: Logger;
  #everyMs: number;
  #up: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(database: Pick<Database, 'rows'>, log: Logger, everyMs = 1_000) {
    this.#database = database;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  get up(): boolean {
    return this.#up === true;
  }

  start(): void {
    void this.#ask();
  }

  /** May be called twice. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One question at a time, each with the database's own deadline. */
  async #ask(): Promise<void> {
    try {
      await this.#database.rows('SELECT 1');
      if (this.#up !== true && !this.#stopped) this.#log.info('MySQL answers');
      this.#up = true;
    } catch (error) {
      if (this.#up !== false && !this.#stopped) this.#log.error({ err: error }, 'MySQL is away');
      this.#up = false;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#ask(), this.#everyMs);
  }
}
