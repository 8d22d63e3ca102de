import { expect, it } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { type LookupClient, TurnLookups } from './turn-lookups.ts';

const deadlineMs = { status: 1, reserve: 2, tokenRevoked: 1, takeQuota: 1 };
const reservation = { app: 'app', requestId: 'request-1', owner: 'im:1:mark', day: '1129', leaseMs: 1_000 };

function claimOf(id: string, limit: number): QuotaClaim {
  return { app: 'app', id, at: 0, uses: [{ name: 'pushes', windowMs: 60_000, amount: 1, limit }] };
}

/** A user-redis that answers by what it is asked, and notes its calls. */
function rig({ knowsAccept = true, used = 0 } = {}) {
  const calls: string[] = [];
  let nowMs = 0;
  let taken = used;
  const results = <Item, Result>(name: string, of: (item: Item) => Result) => {
    return async ({ items }: { items: Item[] }) => {
      calls.push(`${name} ${items.length}`);
      return { results: items.map(of) };
    };
  };
  const parts = {
    status: results('status', ({ cid }: { cid: string }) => ({ online: cid === 'there', depth: 0, attachedAt: null })),
    reserve: results('reserve', ({ day }: { day: string }) => ({ state: 'mine' as const, day })),
    tokenRevoked: results('tokenRevoked', ({ tokenId }: { tokenId: string }) => ({ revoked: tokenId === 'revoked' })),
    takeQuota: results('takeQuota', ({ uses }: QuotaClaim) => {
      const [use] = uses;
      if (taken + use!.amount > use!.limit) return { refused: use!.name };
      taken += use!.amount;
      return { refused: null };
    }),
  };
  const userRedis: LookupClient = {
    ...parts,
    async accept(asked, options) {
      calls.push(`accept ${options?.deadlineMs}`);
      if (!knowsAccept) throw new LongwireError('not_found', 'no such call');
      return {
        ...(asked.status ? { status: await parts.status(asked.status) } : {}),
        ...(asked.reserve ? { reserve: await parts.reserve(asked.reserve) } : {}),
        ...(asked.tokenRevoked ? { tokenRevoked: await parts.tokenRevoked(asked.tokenRevoked) } : {}),
        ...(asked.takeQuota ? { takeQuota: await parts.takeQuota(asked.takeQuota) } : {}),
      };
    },
  };
  const bounds = { maxItems: 100, maxPending: 100, concurrency: 2 };
  const lookups = new TurnLookups({ userRedis, deadlineMs, ...bounds, nowMs: () => nowMs });
  return { lookups, calls, pass: (ms: number) => (nowMs += ms) };
}

function askAll(lookups: TurnLookups): Promise<unknown[]> {
  return Promise.all([
    lookups.ask('tokenRevoked', { tokenId: 'revoked' }),
    lookups.ask('status', { cid: 'away' }),
    lookups.ask('takeQuota', claimOf('claim-1', 10)),
    lookups.ask('tokenRevoked', { tokenId: 'good' }),
    lookups.ask('reserve', reservation),
    lookups.ask('status', { cid: 'there' }),
    lookups.ask('tokenRevoked', { tokenId: 'revoked' }),
  ]);
}

const answers = [
  { revoked: true },
  { online: false, depth: 0, attachedAt: null },
  { refused: null },
  { revoked: false },
  { state: 'mine', day: '1129' },
  { online: true, depth: 0, attachedAt: null },
  { revoked: true },
];

it('asks all of a turn with one call, each token once, and answers each its own', async () => {
  const { lookups, calls } = rig();
  expect(await askAll(lookups)).toEqual(answers);
  expect(calls).toEqual(['accept 2', 'status 2', 'reserve 1', 'tokenRevoked 2', 'takeQuota 1']);
});

it('asks no longer than what is asked may take', async () => {
  const { lookups, calls } = rig();
  await lookups.ask('status', { cid: 'there' });
  expect(calls).toEqual(['accept 1', 'status 1']);
});

it('asks for claims one by one once their sum is refused, the rest not again', async () => {
  const { lookups, calls } = rig({ used: 9 });
  const asked = ['a', 'b', 'c'].map((id) => lookups.ask('takeQuota', claimOf(`claim-${id}`, 10)));
  const status = lookups.ask('status', { cid: 'there' });
  expect(await Promise.all(asked)).toEqual([{ refused: null }, { refused: 'pushes' }, { refused: 'pushes' }]);
  expect((await status).online).toBe(true);
  expect(calls).toEqual(['accept 1', 'status 1', 'takeQuota 1', 'takeQuota 3']);
});

it('asks a version before with a call of each kind, and tries again after a while', async () => {
  const { lookups, calls, pass } = rig({ knowsAccept: false });
  const apart = ['tokenRevoked 2', 'status 2', 'reserve 1', 'takeQuota 1'];
  expect(await askAll(lookups)).toEqual(answers);
  expect(calls.splice(0)).toEqual(['accept 2', ...apart]);
  expect(await askAll(lookups)).toEqual(answers);
  expect(calls.splice(0)).toEqual(apart);
  pass(30_000);
  expect(await askAll(lookups)).toEqual(answers);
  expect(calls.splice(0)).toEqual(['accept 2', ...apart]);
});

it('asks all of a request’s pushes as one question, in the same call as the look-ups beside it', async () => {
  const { lookups, calls } = rig();
  const reserve = (requestId: string) => ({ ...reservation, requestId });
  const reserves = [reserve('request-2'), reserve('request-3')];
  const [first, status, second, third] = await Promise.all([
    lookups.askPush({ tokenId: 'good', cids: ['there'], reserves: [reservation], claim: claimOf('claim-1', 1) }),
    lookups.ask('status', { cid: 'there' }),
    lookups.askPush({ tokenId: 'revoked', cids: ['away', 'there'], reserves, claim: undefined }),
    lookups.askPush({ tokenId: 'good', cids: ['away'], reserves: [reserve('four')], claim: claimOf('claim-2', 1) }),
  ]);
  const there = { online: true, depth: 0, attachedAt: null };
  const away = { ...there, online: false };
  const mine = { state: 'mine', day: '1129' };
  expect(first).toEqual({ revoked: false, presences: [there], reservations: [mine], refused: null });
  expect(status).toEqual(there);
  expect(second).toEqual({ revoked: true, presences: [away, there], reservations: [mine, mine], refused: null });
  // Their sum was too much, so the claims are asked for one by one.
  expect(third).toEqual({ revoked: false, presences: [away], reservations: [mine], refused: 'pushes' });
  expect(calls).toEqual(['accept 2', 'status 5', 'reserve 4', 'tokenRevoked 2', 'takeQuota 1', 'takeQuota 2']);
});
