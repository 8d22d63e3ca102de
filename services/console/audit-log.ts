import { backoffMs } from '../common/backoff.ts';
import type { LongwireError } from '../common/errors.ts';
import type { Logger } from '../common/log.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import { uniqueId } from '../common/unique-id.ts';
import { Attempts } from './core/attempts.ts';
import { type AuditRow, type StoredRow, storedRow } from './core/audit-row.ts';
import { ConsoleFault } from './core/fault.ts';
import type { ConsoleMetrics } from './metrics.ts';

/**
 * Rows that wait to be stored; past that attempts are added up, and rows of changes are only logged. While one waits after a
 * failure nothing is changed.
 */
const maxWaiting = 1_000;
/** Rows of one call. */
const maxAtOnce = 100;
/** How long whoever made a change waits for its row. */
const waitMs = 2_000;
/** How often attempts that were added up become rows. */
const sumMs = 10_000;

/** Puts rows into the audit log, each once; of a flood of attempts that came to nothing, rows of several. What can't be stored now is kept and stored later; meanwhile no change is let through. */
export class AuditLog {
  readonly #mysql: Pick<Client<UserMysqlCalls>, 'addAudit'>;
  readonly #log: Logger;
  readonly #metrics: Pick<ConsoleMetrics, 'summed'>;
  readonly #now: () => number;
  readonly #attempts = new Attempts();
  #waiting: (StoredRow & { uid: string })[] = [];
  #failures = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sumTimer: NodeJS.Timeout | undefined;

  constructor(
    mysql: Pick<Client<UserMysqlCalls>, 'addAudit'>,
    { log, metrics, now }: { log: Logger; metrics: Pick<ConsoleMetrics, 'summed'>; now: () => number },
  ) {
    this.#mysql = mysql;
    this.#log = log;
    this.#metrics = metrics;
    this.#now = now;
  }

  /** @see ConsoleDeps.audit */
  assertReady(): void {
    if (this.#failures === 0 || this.#waiting.length === 0) return;
    throw new ConsoleFault('unavailable', 'audit_waits', {
      role: 'user-mysql',
    });
  }

  /** @see ConsoleDeps.audit */
  async write(row: AuditRow): Promise<void> {
    const isFull = this.#waiting.length >= maxWaiting;
    if (row.result !== 'done' && (isFull || !this.#attempts.hasOwnRow(row))) {
      this.#attempts.add(row);
      this.#metrics.summed();
      this.#sumTimer ??= setTimeout(() => void this.#storeSums(), sumMs).unref();
      return;
    }
    const stored = rowToStore(row);
    if (isFull) return this.#give(stored);
    this.#waiting.push(stored);
    await Promise.race([this.#flush(), later(waitMs)]);
  }

  /** Tries once more; what is left is logged. */
  async stop(deadlineMs: number): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#sumTimer);
    // The end of it: there is no more than a row for each sum.
    this.#waiting.push(...this.#attempts.take(this.#attempts.size).map(rowToStore));
    await Promise.race([this.#flush(), later(Math.max(0, deadlineMs - this.#now()))]);
    clearTimeout(this.#timer);
    for (const row of this.#waiting.splice(0)) this.#give(row);
  }

  /** As many as there is room for; the others go on being added up. */
  async #storeSums(): Promise<void> {
    this.#sumTimer = undefined;
    this.#waiting.push(...this.#attempts.take(Math.max(0, maxWaiting - this.#waiting.length)).map(rowToStore));
    if (this.#attempts.size > 0) this.#sumTimer = setTimeout(() => void this.#storeSums(), sumMs).unref();
    await this.#flush();
  }

  /** One at a time, so that rows keep their order. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#storeAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #storeAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0) {
      const items = this.#waiting.slice(0, maxAtOnce);
      try {
        await this.#mysql.addAudit({ items });
      } catch (error) {
        if (!(error as LongwireError).retryable) {
          this.#log.error({ err: error }, 'rows of the audit log were refused');
          for (const row of this.#waiting.splice(0, items.length)) this.#give(row);
          continue;
        }
        this.#failures++;
        this.#log.warn({ err: error, waiting: this.#waiting.length }, 'the audit log can’t be written for now');
        this.#timer = setTimeout(() => void this.#flush(), 100 + backoffMs(this.#failures, 500, 10_000));
        return;
      }
      this.#waiting.splice(0, items.length);
      this.#failures = 0;
    }
  }

  /** The last resort: whoever keeps the logs has it. */
  #give({ at, operator, action, app, target, result, address, detail }: StoredRow): void {
    this.#log.error(
      { audit: { at, operator, action, app, target, result, address, detail } },
      'a row of the audit log is only here',
    );
  }
}

function rowToStore(row: AuditRow): StoredRow & { uid: string } {
  return { uid: uniqueId(), ...storedRow(row) };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
