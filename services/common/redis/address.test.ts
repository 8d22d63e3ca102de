import { expect, test } from 'vitest';
import { parseRedisUrl, redisUrlFault } from './address.ts';
import { slotOf } from './slots.ts';

test('one server, Sentinels and a Cluster are told by their URLs, with TLS, users and encoded passwords', () => {
  expect(parseRedisUrl('redis://127.0.0.1:6380/3')).toMatchObject({
    kind: 'single',
    hosts: [{ host: '127.0.0.1', port: 6380 }],
    db: 3,
    tls: false,
  });
  expect(parseRedisUrl('rediss://u:p%40%2Fss@[::1]')).toMatchObject({
    hosts: [{ host: '::1', port: 6379 }],
    tls: true,
    username: 'u',
    password: 'p@/ss',
  });
  expect(parseRedisUrl('redis-sentinel://:secret@s1,s2:26380/mymaster/1?sentinelPassword=x')).toEqual({
    kind: 'sentinel',
    hosts: [
      { host: 's1', port: 26_379 },
      { host: 's2', port: 26_380 },
    ],
    master: 'mymaster',
    db: 1,
    tls: false,
    password: 'secret',
    sentinelPassword: 'x',
    family: 0,
  });
  expect(parseRedisUrl('rediss-cluster://a:7000,b:7001')).toMatchObject({ kind: 'cluster', tls: true, db: 0 });
});

test('a URL that names no Redis is refused with what is wrong, and nothing of its password', () => {
  const bad = [
    'http://host',
    '127.0.0.1:6379',
    'redis://',
    'redis://:hidden@host:99999',
    'redis://:hidden@a,b',
    'redis://:hidden@host/one',
    'redis://:hid%zz@host',
    'redis://:hidden@host?db=hidden',
    'redis-sentinel://:hidden@s1,s2',
    'redis-sentinel://:hidden@s1/m/x',
    'redis-cluster://:hidden@a,b/2',
    'redis://:hidden@host?family=5',
  ];
  for (const url of bad) {
    expect(redisUrlFault(url), url).toBeTypeOf('string');
    expect(redisUrlFault(url)).not.toMatch(/hid/);
    expect(redisUrlFault(url)).not.toContain('\n');
  }
  expect(redisUrlFault('redis://host')).toBeUndefined();
});

test('slots are those of Redis Cluster', () => {
  expect(slotOf('123456789')).toBe(12_739);
  expect(slotOf('foo')).toBe(12_182);
  expect(slotOf('a:{foo}:b')).toBe(slotOf('foo'));
  expect(slotOf('{}foo')).not.toBe(slotOf(''));
});
