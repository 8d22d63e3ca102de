import { expect, test } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import { Aliases } from './aliases.ts';

function rig() {
  const state = { now: 0, away: false, calls: [] as number[], missed: 0 };
  const aliasesOf = async ({ items }: { items: { app: string; cid: string }[] }) => {
    state.calls.push(items.length);
    if (state.away) throw new LongwireError('unavailable', 'away');
    return { results: items.map(({ cid }) => ({ alias: cid === 'none' ? null : `of ${cid}` })) };
  };
  const aliases = new Aliases(
    { aliasesOf },
    () => state.now,
    () => state.missed++,
  );
  return { aliases, state };
}

test('aliases of a body are looked up in one call, each device once', async () => {
  const { aliases, state } = rig();
  const [one, two] = await Promise.all([aliases.of('app', ['a', 'b', 'a']), aliases.of('app', ['none'])]);
  expect([...one]).toEqual([
    ['a', 'of a'],
    ['b', 'of b'],
  ]);
  expect([...two]).toEqual([]);
  expect(state).toMatchObject({ calls: [3], missed: 0 });
});

test('more devices than one call takes are more calls', async () => {
  const { aliases, state } = rig();
  const cids = Array.from({ length: 1_500 }, (_, index) => String(index));
  expect((await aliases.of('app', cids)).size).toBe(1_500);
  expect(state.calls).toEqual([1_000, 500]);
});

test('what cannot be learnt is left out, and for a while nothing is asked for', async () => {
  const { aliases, state } = rig();
  state.away = true;
  expect((await aliases.of('app', ['a'])).size).toBe(0);
  state.away = false;
  state.now = 1_999;
  expect((await aliases.of('app', ['a'])).size).toBe(0);
  expect(state).toMatchObject({ calls: [1], missed: 2 });
  state.now = 2_000;
  expect((await aliases.of('app', ['a'])).size).toBe(1);
});
