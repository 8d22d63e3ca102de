import { KeyedBuckets } from '../../common/addresses/keyed-buckets.ts';
import type { AuditRow } from './audit-row.ts';

/** Attempts that one operator or address has a row each for at once, and a second in the long run. */
const ownRate = { burst: 200, perSecond: 1 };
/** The same of all together. */
const allRate = { burst: 2_000, perSecond: 20 };
/** Rows of several attempts that are added up at once, by who, call and fault; past that those of others are one a call. */
const maxSums = 100;

/** Attempts that have no row each. */
interface Sum {
  row: AuditRow;
  count: number;
  firstAt: number;
}

/**
 * Attempts that came to nothing: those of a flood are added up instead of having a row each. What is added up is in rows of
 * its own then, so the attempts of all rows together are those that were made.
 */
export class Attempts {
  readonly #buckets = new KeyedBuckets();
  readonly #sums = new Map<string, Sum>();

  get size(): number {
    return this.#sums.size;
  }

  /** Whether the attempt is to have a row of its own. */
  hasOwnRow({ operator, address, at }: AuditRow): boolean {
    const key = operator === null ? `address ${address}` : `operator ${operator}`;
    return this.#buckets.take(key, ownRate, at) && this.#buckets.take('all', allRate, at);
  }

  add(row: AuditRow): void {
    const { operator, address, action, result, detail } = row;
    const { code } = detail;
    const who = operator === null ? `address ${address}` : `operator ${operator}`;
    const kept = { ...row, app: null, target: null, detail: code === undefined ? {} : { code } };
    const key = JSON.stringify([who, action, result, code]);
    if (this.#sums.has(key) || this.#sums.size < maxSums) this.#count(key, kept);
    else this.#count(action, { ...kept, operator: null, address: '', result: 'refused', detail: {} });
  }

  #count(key: string, row: AuditRow): void {
    const sum = this.#sums.get(key);
    this.#sums.set(key, { row, count: (sum?.count ?? 0) + 1, firstAt: sum?.firstAt ?? row.at });
  }

  /** Takes out rows of what was added up, at most `limit`: each is of the time of its last attempt, its `detail` has `count` and `firstAt`. */
  take(limit: number): AuditRow[] {
    const taken = [...this.#sums].slice(0, limit);
    return taken.map(([key, { row, count, firstAt }]) => {
      this.#sums.delete(key);
      return { ...row, detail: { ...row.detail, count, firstAt } };
    });
  }
}
