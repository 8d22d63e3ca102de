import type { Logger } from '../common/log.ts';
import type { Database } from './database.ts';

/**
 * Asks MySQL now and then whether it is there and takes writes; a change is logged once. Neither there nor away before
 * `start`. A server that takes none may have been replaced: while that lasts, connections are made anew with each look.
 */
export class Availability {
  #database: Pick<Database, 'rows'>;
  #log: Logger;
  #everyMs: number;
  #renew: () => void;
  #readOnly = false;
  #up: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param renew gives up the connections that there are. */
  constructor(database: Pick<Database, 'rows'>, log: Logger, everyMs = 1_000, renew = () => {}) {
    this.#database = database;
    this.#log = log;
    this.#everyMs = everyMs;
    this.#renew = renew;
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

  #look(readOnly: boolean): void {
    if (readOnly) this.#renew();
    if (readOnly === this.#readOnly || this.#stopped) return;
    this.#readOnly = readOnly;
    if (readOnly) this.#log.error('MySQL takes no writes');
    else this.#log.info('MySQL takes writes');
  }

  /** One question at a time, each with the database's own deadline. */
  async #ask(): Promise<void> {
    try {
      const [row] = await this.#database.rows<{ readOnly: number }>('SELECT @@GLOBAL.read_only AS readOnly');
      if (this.#up !== true && !this.#stopped) this.#log.info('MySQL answers');
      this.#up = true;
      this.#look(Number(row?.readOnly) !== 0);
    } catch (error) {
      if (this.#up !== false && !this.#stopped) this.#log.error({ err: error }, 'MySQL is away');
      this.#up = false;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#ask(), this.#everyMs);
  }
}
