import { expect, it } from 'vitest';
import { TtlCache } from './ttl-cache.ts';

it('keeps values past their time, marked so, until they are replaced or pushed out', () => {
  const cache = new TtlCache<number>(100, 2);
  cache.set('a', 1, 0);
  expect(cache.get('a', 99)).toEqual({ value: 1, fresh: true });
  expect(cache.get('a', 100)).toEqual({ value: 1, fresh: false });
  cache.set('b', 2, 100);
  cache.set('a', 3, 100);
  cache.set('c', 4, 100);
  expect([cache.get('a', 100)?.value, cache.get('b', 100)?.value, cache.get('c', 100)?.value]).toEqual([
    ...[3, undefined, 4],
  ]);
  cache.delete('a');
  expect(cache.get('a', 100)).toBeUndefined();
});
