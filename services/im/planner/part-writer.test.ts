import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { Part } from './pages.ts';
import { PartWriter } from './part-writer.ts';

/** One partition of a bus, and how far routers are in it. */
function rig() {
  const state = { end: 0, committed: 0, nowMs: 0, looks: 0, fails: false };
  const parts = new PartWriter({
    publish: async (_topic, records) => {
      if (state.fails) throw new Error('away');
      return records.map(() => state.end++);
    },
    standing: async () => {
      state.looks++;
      return new Map([[0, { committed: state.committed, end: state.end }]]);
    },
    routeTopic: 'route',
    now: () => (state.nowMs += 10),
  });
  return { parts, state };
}

function part(devices: number, records = 1): Part {
  const record: NewRecord = { partition: 0, key: 'k', value: 'v' };
  return { records: Array.from({ length: records }, () => record), devices };
}

test('PL2 a part waits while 64 devices written before it are not routed, and comes when they are', async () => {
  const { parts, state } = rig();
  expect(await parts.write(part(40))).toBe(true);
  expect(await parts.write(part(40))).toBe(true);
  expect(await parts.write(part(1))).toBe(false);
  state.committed = 1;
  expect(await parts.write(part(1))).toBe(true);
  expect(state.end).toBe(3);
});

test('a part counts until all of its records are routed', async () => {
  const { parts, state } = rig();
  expect(await parts.write(part(64, 2))).toBe(true);
  state.committed = 1;
  expect(await parts.write(part(1))).toBe(false);
  state.committed = 2;
  expect(await parts.write(part(1))).toBe(true);
});

test('what other records wait on the topic keeps no part from its turn', async () => {
  const { parts, state } = rig();
  expect(await parts.write(part(64))).toBe(true);
  state.committed = 1;
  state.end = 100_000;
  expect(await parts.write(part(64))).toBe(true);
});

test('parts that the bus has lost are not waited for', async () => {
  const { parts, state } = rig();
  state.end = 500;
  expect(await parts.write(part(64))).toBe(true);
  Object.assign(state, { committed: 0, end: 7 });
  expect(await parts.write(part(64))).toBe(true);
});

test('parts of several jobs are written one after another, and one that failed blocks nobody', async () => {
  const { parts, state } = rig();
  const both = await Promise.all([parts.write(part(64)), parts.write(part(64))]);
  expect(both).toEqual([true, false]);
  state.committed = 1;
  state.fails = true;
  await expect(parts.write(part(64))).rejects.toThrow('away');
  state.fails = false;
  expect(await parts.write(part(64))).toBe(true);
});

test('it looks where routers stand at most once in 5 ms', async () => {
  const { parts, state } = rig();
  await parts.write(part(64));
  await parts.write(part(64));
  expect(state.looks).toBe(1);
  state.nowMs -= 15;
  await parts.write(part(64));
  expect(state.looks).toBe(1);
});
