import { pino } from 'pino';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { seqOf } from '../common/protocol/positions.ts';
import { Positions } from './positions.ts';

const generation = 3;
const topics = { route: 'r', broadcast: 'b' };

function rig(...ends: number[]) {
  const state = { ends, asked: 0, lost: 0, sent: [] as [string, number][], away: false, held: Promise.resolve() };
  const bus = {
    ranges: async () => {
      state.asked++;
      if (state.away) throw new Error('the bus is away');
      const answer = state.ends.map((end, partition) => ({ partition, begin: 0, end }));
      await state.held;
      return answer;
    },
  };
  const onLost = (): void => {
    state.lost++;
  };
  const options = { topics, generation, everyMs: 60_000, sent: () => state.sent, onLost };
  return { state, positions: new Positions(bus, options, pino({ level: 'silent' })) };
}

test('a position below the end of its partition exists, the next one does not, and earlier generations are believed', async () => {
  const { positions } = rig(5);
  expect(await positions.exists('seq', 'c', seqOf(generation, 4))).toBe(true);
  expect(await positions.exists('seq', 'c', seqOf(generation, 5))).toBe(false);
  expect(await positions.exists('seq', 'c', seqOf(generation - 1, 1_000))).toBe(true);
  expect(await positions.exists('seq', 'c', seqOf(generation + 1, 0))).toBe(false);
  expect(await positions.exists('seq', 'c', 0)).toBe(true);
});

test('the bus is asked again only about a claim beyond what is known', async () => {
  const { state, positions } = rig(5);
  for (let times = 0; times < 10; times++) await positions.exists('seq', 'c', seqOf(generation, 3));
  expect(state.asked).toBe(1);
  state.ends = [9];
  expect(await positions.exists('seq', 'c', seqOf(generation, 8))).toBe(true);
  expect(state.asked).toBe(2);
  await Promise.all([1, 2, 3].map(() => positions.exists('seq', 'c', seqOf(generation, 99))));
  expect(state.asked).toBe(3);
});

test('a claim beyond what is known is believed while the bus cannot be asked', async () => {
  const { state, positions } = rig(5);
  expect(await positions.exists('seq', 'c', seqOf(generation, 7))).toBe(false);
  state.away = true;
  expect(await positions.exists('seq', 'c', seqOf(generation, 7))).toBe(true);
});

test('a claim is judged by an answer to a question that was asked after it', async () => {
  const { state, positions } = rig(5);
  const { promise, resolve } = Promise.withResolvers<void>();
  state.held = promise;
  positions.start();
  await waitFor('the bus is asked', () => state.asked === 2);
  // Written after the bus looked, and before its answer is here.
  state.ends = [9];
  const believed = positions.exists('seq', 'c', seqOf(generation, 8));
  resolve();
  expect(await believed).toBe(true);
  positions.stop();
});

test('a partition that ends before where it did is told of as lost', async () => {
  const { state, positions } = rig(5, 7);
  positions.start();
  await waitFor('a first look', () => positions.highest('seq', 'c') !== undefined);
  state.ends = [5, 2];
  await positions.exists('seq', 'c', seqOf(generation, 99));
  positions.stop();
  expect(state.lost).toBe(1);
});

test('so is one that ends before what went out to a device, though its end was never known', async () => {
  const { state, positions } = rig(0);
  await positions.exists('seq', 'c', seqOf(generation, 0));
  state.sent = [['c', seqOf(generation, 40)]];
  state.ends = [30];
  await positions.exists('seq', 'c', seqOf(generation, 99));
  expect(state.lost).toBe(1);
  state.ends = [41];
  await positions.exists('seq', 'c', seqOf(generation, 99));
  expect(state.lost).toBe(1);
});
