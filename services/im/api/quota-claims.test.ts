import { expect, it } from 'vitest';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { type TakenClaim, takeTogether } from './quota-claims.ts';

const claimOf = (id: string, more: Partial<QuotaClaim> = {}, limit = 5): TakenClaim => ({
  ...{ app: 'app', id, at: 90_000_000, uses: [{ name: 'pushesPerDay', windowMs: 86_400_000, amount: 1, limit }] },
  ...more,
});

/** A counter for each app and name, and what it was asked. */
function counting() {
  const used = new Map<string, number>();
  const asked: string[][] = [];
  const ask = async (claims: QuotaClaim[]) => {
    asked.push(claims.map(({ app, uses }) => `${app} ${uses.map(({ amount }) => amount).join(' ')}`));
    return claims.map(({ app, uses }) => {
      const over = uses.find(({ name, amount, limit }) => (used.get(`${app} ${name}`) ?? 0) + amount > limit);
      if (over) return { refused: over.name };
      for (const { name, amount } of uses) used.set(`${app} ${name}`, (used.get(`${app} ${name}`) ?? 0) + amount);
      return { refused: null };
    });
  };
  return { ask, asked };
}

it('takes claims of the same counters as one, others by themselves', async () => {
  const { ask, asked } = counting();
  const tomorrow = { at: 90_000_000 + 86_400_000 };
  const claims = [claimOf('a'), claimOf('b', { app: 'other' }), claimOf('c'), claimOf('d', tomorrow)];
  expect(await takeTogether(claims, ask)).toEqual(claims.map(() => ({ refused: null })));
  expect(asked).toEqual([['app 2', 'other 1', 'app 1']]);
  expect(claims.map((claim) => claim.part)).toEqual([true, undefined, true, undefined]);
});

it('asks for each where the sum breaks a limit, so that as many are taken as fit', async () => {
  const { ask, asked } = counting();
  const claims = ['a', 'b', 'c'].map((id) => claimOf(id, {}, 2));
  expect(await takeTogether(claims, ask)).toEqual([{ refused: null }, { refused: null }, { refused: 'pushesPerDay' }]);
  expect(asked).toEqual([['app 3'], ['app 1', 'app 1', 'app 1']]);
  expect(claims.map((claim) => claim.part)).toEqual([undefined, undefined, undefined]);
});
