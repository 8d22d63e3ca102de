import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { AddressBlocks, inBlocks, limitKeyOf } from './blocks.ts';
import { clientAddress } from './client-address.ts';
import { addressConfig } from './config.ts';
import { KeyedBuckets } from './keyed-buckets.ts';

test('blocks contain what they say, of both families, also an IPv4 address written as IPv6', () => {
  const blocks = new AddressBlocks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'nonsense', '1.2.3.4/40']);
  for (const address of ['10.1.2.3', '192.0.2.7', '2001:db8:1::1', '::ffff:10.0.0.1', '::FFFF:a00:1']) {
    expect(blocks.has(address)).toBe(true);
  }
  for (const address of [
    '11.0.0.1',
    '192.0.2.8',
    '2001:db9::1',
    '',
    'nonsense',
    '1.2.3.4',
    '10.1.2.3.4',
    '10.01.2.3',
  ]) {
    expect(blocks.has(address)).toBe(false);
  }
});

test('a configuration takes addresses and blocks and refuses what is none; an empty one is an empty list', () => {
  const fits = (text: string): boolean => Value.Check(addressConfig.trustedProxies, [text]);
  const good = [
    '10.0.0.0/8',
    '192.0.2.1',
    '0.0.0.0/0',
    '255.255.255.255/32',
    '::1',
    '2001:db8::/32',
    '::ffff:1.2.3.4/128',
    '',
  ];
  expect(good.filter((text) => !fits(text))).toEqual([]);
  const bad = [
    '10.0.0.0/33',
    '256.0.0.1',
    '10.0.0',
    'proxy.example',
    '2001:db8::/129',
    '10.0.0.0/',
    ' 10.0.0.1',
    '::g',
  ];
  expect(bad.filter(fits)).toEqual([]);
  expect(new AddressBlocks(['']).has('10.0.0.1')).toBe(false);
});

test('a list that is replaced counts from then on', () => {
  const config = { list: ['10.0.0.0/8'] };
  const has = inBlocks(() => config.list);
  expect([has('10.0.0.1'), has('192.0.2.1')]).toEqual([true, false]);
  config.list = ['192.0.2.0/24'];
  expect([has('10.0.0.1'), has('192.0.2.1')]).toEqual([false, true]);
});

test('an IPv4 address counts for itself, one of IPv6 for its household', () => {
  expect(limitKeyOf('192.0.2.1')).toBe('192.0.2.1');
  expect(limitKeyOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(limitKeyOf('2001:db8:0:1::5')).toBe(limitKeyOf('2001:db8::1:ffff:ffff:ffff:ffff'));
  expect(limitKeyOf('2001:db8:0:1::5')).not.toBe(limitKeyOf('2001:db8:0:2::5'));
  expect(limitKeyOf('x'.repeat(1_000)).length).toBeLessThan(50);
});

test.each([
  ['no proxy is trusted: the header is not read', '192.0.2.9', '198.51.100.1', '192.0.2.9'],
  ['a trusted one: whom it saw', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a chain of them: the last that is none of them', '10.0.0.1', '203.0.113.5, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['what a client wrote itself is not believed', '10.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['all are proxies: the first', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['ports and brackets', '10.0.0.1', '[2001:db8::1]:4711, 10.0.0.2:80', '2001:db8::1'],
  ['what is no address ends it', '10.0.0.1', '198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
  ['an empty header', '10.0.0.1', '', '10.0.0.1'],
  ['none', '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy whose address is written as IPv6', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a header without end', '10.0.0.1', `${'10.0.0.9, '.repeat(100_000)}10.0.0.2`, '10.0.0.9'],
])('the client, where %s', (_what, peer, header, client) => {
  const blocks = new AddressBlocks(['10.0.0.0/8']);
  expect(clientAddress(peer, header, (address) => blocks.has(address))).toBe(client);
});

test('a key has its burst, then its rate; one that is used up leaves others alone; a rate may change', () => {
  const buckets = new KeyedBuckets();
  const rate = { perSecond: 2, burst: 3 };
  const takes = (key: string, count: number, now: number) =>
    Array.from({ length: count }, () => buckets.take(key, rate, now)).filter(Boolean).length;
  expect(takes('a', 10, 0)).toBe(3);
  expect(buckets.has('a', rate, 400)).toBe(false);
  expect(takes('b', 10, 0)).toBe(3);
  expect(takes('a', 10, 1_000)).toBe(2);
  rate.burst = 5;
  rate.perSecond = 100;
  expect(takes('a', 10, 2_000)).toBe(5);
});

test('however many keys come, only so many are kept, and one in use is not forgotten', () => {
  const buckets = new KeyedBuckets();
  const rate = { perSecond: 0.001, burst: 1 };
  expect(buckets.take('in use', rate, 0)).toBe(true);
  for (let count = 0; count < 100_000; count++) {
    buckets.take(`10.0.0.${count}`, rate, 0);
    if (count % 10_000 === 0) expect(buckets.take('in use', rate, 0)).toBe(false);
  }
  expect(buckets.size).toBe(20_000);
});
