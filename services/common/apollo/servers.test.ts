import { expect, test } from 'vitest';
import { Servers } from './servers.ts';

test('instances begin with different servers', () => {
  const firsts = [0, 0.4, 0.99].map((random) => {
    const servers = new Servers(() => random);
    servers.take(['a', 'b', 'c']);
    expect([...servers.urls].sort()).toEqual(['a', 'b', 'c']);
    return servers.urls[0];
  });
  expect(new Set(firsts).size).toBeGreaterThan(1);
});

test('one that failed goes behind all others, and a list taken again changes no order', () => {
  const servers = new Servers(() => 0.99);
  servers.take(['a', 'b', 'c']);
  expect(servers.urls).toEqual(['a', 'b', 'c']);
  servers.failed('a');
  servers.failed('unknown');
  servers.take(['a', 'b', 'c']);
  expect(servers.urls).toEqual(['b', 'c', 'a']);
});

test('a list that changed brings new ones behind the first, and drops what is gone', () => {
  const servers = new Servers(() => 0);
  servers.take(['a']);
  servers.take(['a', 'b', 'b']);
  expect(servers.urls).toEqual(['a', 'b']);
  servers.take(['c']);
  expect(servers.urls).toEqual(['c']);
});
