import { expect, test } from 'vitest';
import { epochOf, readServerInfo } from './server-info.ts';

const info = (fields: Record<string, string>): string =>
  Object.entries({ run_id: 'abc', role: 'master', maxmemory: '0', maxmemory_policy: 'noeviction', ...fields })
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');

test('only a limit and a policy other than noeviction together drop keys', () => {
  expect(readServerInfo(info({ maxmemory_policy: 'allkeys-lru' })).evicting).toBeUndefined();
  expect(readServerInfo(info({ maxmemory: '100' })).evicting).toBeUndefined();
  expect(readServerInfo(info({ maxmemory: '100', maxmemory_policy: 'volatile-ttl' })).evicting).toBe('volatile-ttl');
});

test('a process keeps its name, but has another one each time it was promoted', () => {
  const none = '0'.repeat(40);
  const first = readServerInfo(info({ master_replid: 'a', master_replid2: none })).runId;
  expect(first).toBe('abc');
  const promoted = readServerInfo(info({ master_replid: 'b', master_replid2: 'a' })).runId;
  const again = readServerInfo(info({ master_replid: 'd', master_replid2: 'c' })).runId;
  expect(new Set([first, promoted, again]).size).toBe(3);
});

test('what a server does not tell is taken as a master that drops nothing', () => {
  expect(readServerInfo('')).toEqual({
    runId: 'unknown',
    isMaster: true,
    isLoading: false,
    evictedKeys: 0,
    evicting: undefined,
  });
});

test('the name of several is the same in any order, and another as soon as one of them is', () => {
  expect(epochOf(['a', 'b', 'c'])).toBe(epochOf(['c', 'a', 'b']));
  expect(epochOf(['a', 'b', 'c'])).not.toBe(epochOf(['a', 'b', 'd']));
  expect(epochOf(['a'])).toBe('a');
});
