import type { TagTerm, TagWhere } from '../../common/protocol/tag-calls.ts';
import { platforms } from '../../common/protocol/user-mysql-calls.ts';
import type { SqlValue } from '../database.ts';

/** A piece of SQL and the values of its `?`. */
export interface Sql {
  text: string;
  values: SqlValue[];
}

/** Of these nothing is known about any device. */
const unknownKeys = new Set<TagTerm['key']>(['region', 'portrait']);
const nobody: Sql = { text: 'FALSE', values: [] };

/**
 * Reads at most `limit` candidates after a cid, in order, as rows `{cid, fits}`. The candidates are the devices of one tag
 * of the expression, or of some tags together, or of the app: always ranges of an index that are left off at `limit`, so
 * that what a page costs depends neither on how many devices there are nor on how few of them fit.
 */
export function candidatesQuery(app: string, where: TagWhere, after: string | null, limit: number): Sql {
  const driver = driverOf(where);
  const source = rangeOf(app, driver, after ?? '', limit);
  const terms = where.map((term) => (term === driver ? leftOf(app, term) : conditionOf(app, term)));
  const filters = terms.length > 0 ? terms : [everybody];
  return {
    text: `SELECT c.cid AS cid, (${filters.map(({ text }) => text).join(' AND ')}) AS fits FROM (${source.text}) c ORDER BY c.cid`,
    values: [...filters.flatMap(({ values }) => values), ...source.values],
  };
}

/** The same as one row `{seen, fitting, last}`: candidates, those of them that fit (null for none), the last cid. */
export function countQuery(app: string, where: TagWhere, after: string | null, limit: number): Sql {
  const { text, values } = candidatesQuery(app, where, after, limit);
  return { text: `SELECT COUNT(*) AS seen, SUM(x.fits) AS fitting, MAX(x.cid) AS last FROM (${text}) x`, values };
}

const everybody: Sql = { text: 'TRUE', values: [] };

/** The term whose tags give the candidates: one range if there is an `and`, else the `or` of the fewest ranges. */
function driverOf(where: TagWhere): TagTerm | undefined {
  const positive = where.filter(({ key, opt }) => key === 'custom_tag' && opt !== 'not');
  const ranges = ({ opt, values }: TagTerm): number => (opt === 'and' ? 1 : new Set(values).size);
  return positive.toSorted((left, right) => ranges(left) - ranges(right))[0];
}

function rangeOf(app: string, driver: TagTerm | undefined, after: string, limit: number): Sql {
  const bound = `ORDER BY cid LIMIT ${Math.trunc(limit)}`;
  if (!driver) return { text: `SELECT cid FROM device WHERE app_id = ? AND cid > ? ${bound}`, values: [app, after] };
  const tags = driver.opt === 'and' ? driver.values.slice(0, 1) : [...new Set(driver.values)];
  const one = `SELECT cid FROM tag WHERE app_id = ? AND tag = ? AND cid > ? ${bound}`;
  const values = tags.flatMap((tag) => [app, tag, after]);
  if (tags.length === 1) return { text: one, values };
  // A range each, as one range over several tags is not in the order of cids.
  return { text: `${tags.map(() => `(${one})`).join(' UNION ')} ${bound}`, values };
}

/** What the range of a driver leaves to be asked: an `or` holds by itself, of an `and` the first tag does. */
function leftOf(app: string, term: TagTerm): Sql {
  const values = term.opt === 'or' ? [] : term.values.slice(1);
  return values.length > 0 ? conditionOf(app, { ...term, values }) : everybody;
}

function conditionOf(app: string, term: TagTerm): Sql {
  const values = [...new Set(term.values)];
  if (term.opt === 'not') {
    const { text, values: bound } = anyOf(app, term.key, values);
    return { text: `NOT ${text}`, values: bound };
  }
  if (term.opt === 'or') return anyOf(app, term.key, values);
  const each = values.map((value) => anyOf(app, term.key, [value]));
  return { text: each.map(({ text }) => text).join(' AND '), values: each.flatMap(({ values: bound }) => bound) };
}

function anyOf(app: string, key: TagTerm['key'], values: string[]): Sql {
  if (unknownKeys.has(key)) return nobody;
  const [table, column] = key === 'custom_tag' ? ['tag', 'tag'] : ['device', 'platform'];
  // Only names of platforms: the column is ASCII, and MySQL refuses to compare it with any other text.
  const given =
    key === 'custom_tag' ? values : platforms.filter((name) => values.some((value) => sameWord(value, name)));
  if (given.length === 0) return nobody;
  return {
    text: `EXISTS (SELECT 1 FROM ${table} f WHERE f.app_id = ? AND f.cid = c.cid AND f.${column} IN (?))`,
    values: [app, given],
  };
}

function sameWord(left: string, right: string): boolean {
  return left.toLowerCase() === right;
}
