import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import type { Link } from './gateway.ts';
import { OnlinePoints } from './online-points.ts';
import type { OnlineNotes } from './ports.ts';
import { createNode } from './testing/node-rig.ts';

type Item = Parameters<OnlineNotes['noteOnline']>[0]['items'][number];

/** Points every 20 ms. */
function rig(links: () => Iterable<Pick<Link, 'connection'>>) {
  const node = createNode();
  const state = { failures: 0, calls: [] as Item[][] };
  const notes: OnlineNotes = {
    noteOnline: async ({ items }) => {
      if (state.failures-- > 0) throw new LongwireError('unavailable', 'away');
      state.calls.push(items);
      return { results: items.map(() => ({})) };
    },
  };
  const gateway = { liveLinks: () => links()[Symbol.iterator]() as IterableIterator<Link> };
  const points = new OnlinePoints(notes, gateway, { node: 'n1', everyMs: 20, now: Date.now }, node.log);
  onTestFinished(() => points.stop());
  return { state, points };
}

const linkOf = (app: string) => ({ connection: { who: { app, cid: 'c' } } }) as Link;

test('live connections are counted by app, at multiples of the period', async () => {
  const { state, points } = rig(() => ['a', 'b', 'a'].map(linkOf));
  points.start();
  await waitFor('two points', () => state.calls.length >= 2, 5_000, 1);
  const [first, second] = state.calls;
  expect(first!.map(({ app, node, n }) => [app, node, n])).toEqual([
    ['a', 'n1', 2],
    ['b', 'n1', 1],
  ]);
  for (const { at } of [...first!, ...second!]) expect(at % 20).toBe(0);
  expect(second![0]!.at).toBeGreaterThan(first![0]!.at);
});

test('a node whose connections have not logged in says nothing', async () => {
  const node = createNode();
  node.open();
  let walks = 0;
  const { state, points } = rig(() => {
    walks++;
    return node.gateway.liveLinks();
  });
  points.start();
  await waitFor('two points', () => walks >= 2, 5_000, 1);
  expect(state.calls).toEqual([]);
});

test('more apps than fit one call are said in several', async () => {
  const links = Array.from({ length: 2_500 }, (_none, index) => linkOf(`app${index}`));
  const { state, points } = rig(() => links);
  points.start();
  await waitFor('a point', () => state.calls.length >= 3, 5_000, 1);
  expect(state.calls.slice(0, 3).map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
});

test('a point that cannot be told is given up, and the next one is told', async () => {
  const { state, points } = rig(() => [linkOf('a')]);
  state.failures = 2;
  points.start();
  await waitFor('a point after all', () => state.calls.length >= 1, 5_000, 1);
  expect(state.failures).toBeLessThan(0);
});
