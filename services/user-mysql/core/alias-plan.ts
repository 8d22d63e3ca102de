import { LongwireError } from '../../common/errors.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { maxCidsPerAlias } from '../../common/protocol/user-mysql-calls.ts';

export interface Binding {
  alias: string;
  cid: string;
}

const lockBuckets = 64;

/** The alias as it is stored: without spaces at its end, as MySQL takes texts that differ only in those for equal. */
export function storedAlias(alias: string): string {
  return alias.replace(/ +$/, '');
}

/**
 * What is to be bound: of a cid that comes twice, the last alias counts. In the order of the list.
 *
 * @throws LongwireError `bad_request` for an alias of nothing but spaces.
 */
export function distinctBindings(list: readonly Binding[]): Binding[] {
  const last = new Map<string, string>();
  for (const binding of list) {
    const alias = storedAlias(binding.alias);
    if (alias === '') throw new LongwireError('bad_request', 'an alias of spaces', { field: 'alias' });
    last.delete(binding.cid);
    last.set(binding.cid, alias);
  }
  return [...last].map(([cid, alias]) => ({ cid, alias }));
}

/** The lock rows of these bindings, sorted: everyone takes them in this order. */
export function lockBucketsOf(bindings: readonly Binding[]): number[] {
  const buckets = new Set(bindings.map(({ alias }) => partitionOf(alias, lockBuckets)));
  return [...buckets].sort((left, right) => left - right);
}

/**
 * Checks that no alias gets more cids than it may have.
 *
 * @param bound all bindings that the aliases to be bound have now.
 * @throws LongwireError `conflict` with the first alias of the list that would have too many.
 */
export function checkAliasLimit(bound: readonly Binding[], wanted: readonly Binding[]): void {
  const moving = new Set(wanted.map(({ cid }) => cid));
  const counts = new Map<string, number>();
  const staying = bound.filter(({ cid }) => !moving.has(cid));
  for (const { alias } of [...staying, ...wanted]) counts.set(alias, (counts.get(alias) ?? 0) + 1);
  const full = wanted.find(({ alias }) => counts.get(alias)! > maxCidsPerAlias);
  if (full) {
    throw new LongwireError('conflict', `an alias has at most ${maxCidsPerAlias} cids`, { field: full.alias });
  }
}
