import { describe, expect, inject, test } from 'vitest';
import { userRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import { app, type Calls, type Instance, newCid, readyInstance, recordOf, routeTo, seq } from './fixtures.ts';

const url = inject('redisUrl');
const cid = newCid();
const task = 'RASS_1127_task';
const at = Date.now();
const exp = at + 600_000;
const route = routeTo(7);
const lease = { node: 'n1', boot: 'b1', address: 'http://n1:1' };
const claim = { app, id: 'claim-one', at, uses: [{ name: 'pushes', windowMs: 60_000, amount: 2, limit: 10 }] };
const reserved = { app, requestId: 'request-1', owner: 'one:1' };
const broadcast = { id: 'b1', app, bseq: seq(1), task, exp, stored: true, body: '{}' };

type Example<Name extends keyof Calls> = {
  request: Parameters<Calls[Name]>[0];
  /** What it needs to be there. */
  before?: (calls: Calls) => Promise<unknown>;
  /** What a repeat may answer otherwise, and why nobody minds. */
  differs?: { fields: string[]; because: string };
};
type Examples = { [Name in keyof Calls]: Example<Name> };

const enqueued = (calls: Calls): Promise<unknown> => calls.enqueue({ partition: 0, records: [recordOf(3, [cid])] });

/** One of every call: a call that is new fails to compile, and the test below, until it has one. */
const examples: Examples = {
  enqueue: { request: { partition: 0, limit: seq(9), records: [recordOf(3, [cid])] } },
  enqueueAll: { request: { items: [{ partition: 0, limit: seq(9), records: [recordOf(3, [cid])] }] } },
  attach: {
    request: { items: [{ cid, route, seq: 0, again: false, loggedInAt: at, limit: 10, bseq: 0, tail: 0 }] },
    before: enqueued,
    differs: {
      fields: ['bseqBefore', 'unknown'],
      because: 'they say what was known of the device before: it is this very attach, with the same cursor',
    },
  },
  detach: { request: { items: [{ cid, route }] } },
  pull: { request: { items: [{ cid, after: 0, limit: 10 }] }, before: enqueued },
  ack: { request: { items: [{ cid, seq: seq(3) }] }, before: enqueued },
  renewLease: { request: lease },
  releaseLease: { request: lease },
  nodes: { request: {} },
  status: { request: { items: [{ cid }] }, before: enqueued },
  connections: { request: { items: [{ cid }] }, before: enqueued },
  reserve: { request: { items: [{ ...reserved, day: '1127', leaseMs: 10_000 }] } },
  settle: {
    request: { items: [{ ...reserved, answer: '{}' }] },
    before: (calls) => calls.reserve({ items: [{ ...reserved, day: '1127', leaseMs: 10_000 }] }),
  },
  release: {
    request: { items: [reserved] },
    before: (calls) => calls.reserve({ items: [{ ...reserved, day: '1127', leaseMs: 10_000 }] }),
  },
  accept: {
    request: {
      status: { items: [{ cid }] },
      reserve: { items: [{ ...reserved, day: '1127', leaseMs: 10_000 }] },
      tokenRevoked: { items: [{ tokenId: 't1' }] },
      takeQuota: { items: [claim] },
    },
    before: enqueued,
  },
  claimNonce: { request: { app, nonce: 'nonce-1', ttlMs: 60_000, call: 'call-one' } },
  countRate: { request: { app, name: 'auth', windowMs: 60_000, call: 'call-two' } },
  revokeToken: { request: { tokenId: 't1', until: exp } },
  tokenRevoked: { request: { items: [{ tokenId: 't1' }] } },
  takeQuota: { request: { items: [claim] } },
  returnQuota: { request: { items: [claim] }, before: (calls) => calls.takeQuota({ items: [claim] }) },
  quotaUsed: { request: { items: [{ app, at, name: 'pushes', windowMs: 60_000 }] } },
  appendBroadcasts: { request: { partition: 0, records: [broadcast] } },
  broadcastsAfter: { request: { items: [{ app, after: 0, limit: 10 }] } },
  broadcastBodies: { request: { items: [{ app, task }] } },
  broadcastCounts: { request: { items: [{ app }] } },
  stopTasks: { request: { items: [{ task, until: exp }] } },
  markBlacklisted: { request: { items: [{ cid, blacklisted: true }] }, before: enqueued },
  queued: { request: { items: [{ cid, task, exp }] }, before: enqueued },
  layout: { request: { routeGeneration: 2 } },
  views: { request: { partitions: [0] } },
  beginReplay: { request: { partition: 0, replay: 'r1' } },
  finishReplay: {
    request: { partition: 0, replay: 'r1' },
    before: (calls) => calls.beginReplay({ partition: 0, replay: 'r1' }),
  },
};

/** All that is kept under the prefix, without how long. */
async function stateOf({ redis, prefix }: Instance): Promise<Record<string, unknown>> {
  const keys = (await redis.keys(`${prefix}:*`)).sort();
  const entries = keys.map(async (key) => {
    switch (await redis.type(key)) {
      case 'string':
        // A reservation says until when it is held: a repeat holds it for as long again.
        return [key, (await redis.get(key))?.replace(/^(R \S+) \d+ /, '$1 ')];
      case 'hash':
        return [key, await redis.hgetall(key)];
      default: {
        const members = await redis.zrange(key, '0', '-1', 'WITHSCORES');
        // Of leases and generations the score is when they end: a repeat moves it.
        return [key, /\{(nodes|layout)\}$/.test(key) ? members.filter((_value, index) => index % 2 === 0) : members];
      }
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

function without(answer: unknown, fields: string[]): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (fields.includes(name) ? undefined : value)));
}

describe('a call that is repeated, as its answer was lost, answers as once and leaves what once leaves', () => {
  test('there is an example of every call', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(userRedisCalls).sort());
  });

  test.each(Object.keys(examples) as (keyof Calls)[])('%s', async (name) => {
    const { request, before, differs } = examples[name] as Example<keyof Calls>;
    const instance = await readyInstance(url);
    await before?.(instance.calls);
    const call = instance.calls[name] as (given: unknown) => Promise<unknown>;
    const first = await call(request);
    const after = await stateOf(instance);
    const second = await call(request);
    const ignored = differs?.fields ?? [];
    expect(without(second, ignored)).toEqual(without(first, ignored));
    expect(await stateOf(instance)).toEqual(after);
  });
});
