import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import type { Batch, NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import { createPlannerMetrics } from '../metrics.ts';
import { Planner } from './planner.ts';

const now = 1_000;
const cid = (index: number): string => index.toString(16).padStart(32, '0');

function task(id: string, audience: TaskRecord['audience'], more: Partial<TaskRecord> = {}): TaskRecord {
  return { app: 'app', task: id, at: 1, exp: now + 1, stored: true, body: '{}', audience, ...more };
}

function batchOf(values: (TaskRecord | string)[], stale: () => boolean = () => false): Batch {
  const records = values.map((value, offset) => ({
    offset,
    key: 'k',
    value: typeof value === 'string' ? value : JSON.stringify(value),
    timeMs: now,
  }));
  return { partition: 0, records, stale };
}

function rig(routePartitions = 4) {
  const state = {
    lag: 0,
    asked: 0,
    broadcasts: [] as string[],
    published: [] as NewRecord[][],
    lookUps: 0,
    jobs: [] as string[],
    told: 0,
  };
  const limits = { plannerMaxLag: 10 };
  const planner = new Planner({
    bus: {
      lag: async () => {
        state.asked++;
        return new Map([[0, state.lag]]);
      },
      publish: async (_topic, records) => {
        state.published.push(records);
        return records.map((_, index) => index);
      },
    },
    directory: {
      openTagJob: async ({ task }) => {
        state.jobs.push(task);
        return {};
      },
      cidsOf: async ({ items }) => {
        state.lookUps++;
        return { results: items.map(({ alias }) => ({ cids: alias === 'nobody' ? [] : [cid(Number(alias))] })) };
      },
    },
    broadcast: async (tasks) => {
      state.broadcasts.push(...tasks.map(({ task }) => task));
    },
    onJob: () => {
      state.told++;
    },
    routeTopic: 'route',
    routerGroup: 'router',
    routePartitions,
    limits,
    metrics: createPlannerMetrics(new Registry(), () => 0),
    now: () => now,
    log: pino({ level: 'silent' }),
  });
  const records = () => state.published.flat().map(({ value }) => JSON.parse(value) as RouteRecord);
  return { planner, state, records, limits };
}

test('each task gets its own cids, aliases are looked up in one call, and what is not a task is passed over', async () => {
  const { planner, state, records } = rig();
  const expired = task('old', { cids: [cid(1)] }, { exp: now });
  const some = [task('a', { cids: [cid(1), cid(2)] }), task('b', { alias: '5' }), task('c', { alias: '6' })];
  await planner.handle(batchOf(['{', expired, ...some, task('d', { alias: 'nobody' })]));
  const found = records().flatMap((record) => record.cids.map((one) => `${record.task} ${one}`));
  expect(found.sort()).toEqual([`a ${cid(1)}`, `a ${cid(2)}`, `b ${cid(5)}`, `c ${cid(6)}`]);
  expect(state.lookUps).toBe(1);
});

test('nothing is written while routers lag behind; a batch left off meanwhile rejects, and so is not committed', async () => {
  const { planner, state } = rig();
  state.lag = 11;
  const batch = batchOf([task('a', { cids: [cid(1)] })], () => state.asked > 0);
  await expect(planner.handle(batch)).rejects.toMatchObject({ retryable: true });
  expect(state.published).toEqual([]);
  state.lag = 10;
  await planner.handle(batch);
  expect(state.published.length).toBe(1);
});

test('a planner that waits goes on when more lag is allowed', async () => {
  const { planner, state, limits } = rig();
  state.lag = 11;
  const handled = planner.handle(batchOf([task('a', { cids: [cid(1)] })]));
  await waitFor('it asks for the lag', () => state.asked > 0);
  expect(state.published).toEqual([]);
  limits.plannerMaxLag = 11;
  await handled;
  expect(state.published.length).toBe(1);
});

test('a batch of large tasks is written in parts, none much larger than what the bus takes in', async () => {
  const { planner, state } = rig(64);
  const cids = Array.from({ length: 1_000 }, (_, index) => cid(index));
  const tasks = Array.from({ length: 8 }, (_, index) => task(`t${index}`, { cids }, { body: '0'.repeat(60_000) }));
  await planner.handle(batchOf(tasks));
  const lengths = state.published.map((part) => part.reduce((sum, { value }) => sum + value.length, 0));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(state.published.flat().length).toBe(8 * 64);
});

test('a task to the devices of tags becomes a job, and nothing is written for it here', async () => {
  const { planner, state } = rig();
  await planner.handle(
    batchOf([task('t', { where: [{ key: 'custom_tag', values: ['a'], opt: 'or' }] }, { speed: 5 })]),
  );
  expect(state.jobs).toEqual(['t']);
  expect(state.told).toBe(1);
  expect(state.published).toEqual([]);
});

test('what a task recalls goes on to its route records', async () => {
  const { planner, records } = rig();
  await planner.handle(batchOf([task('r', { cids: [cid(1)] }, { recalls: 'old' })]));
  expect(records()).toMatchObject([{ task: 'r', recalls: 'old' }]);
});

test('lists of aliases are resolved, each device once, and named by the devices in them', async () => {
  const { planner, records } = rig(1);
  await planner.handle(batchOf([task('l', { aliases: ['7', '8', '7', 'nobody'] }, { once: true })]));
  const [record] = records();
  expect(record!.cids).toEqual([cid(7), cid(8)]);
  expect(record!.id).toMatch(/^l\/[0-9a-f]{16}\/0$/);
});

test('a task to all is sent as a broadcast, and nothing is planned for it', async () => {
  const { planner, state } = rig();
  await planner.handle(batchOf([task('a', { all: true }), task('b', { cids: [cid(1)] })]));
  expect(state.broadcasts).toEqual(['a']);
  expect(state.published.flat()).toHaveLength(1);
});

test('a task to all at a speed becomes a job for all devices', async () => {
  const { planner, state } = rig();
  await planner.handle(batchOf([task('a', { all: true }, { speed: 5 })]));
  expect(state.jobs).toEqual(['a']);
  expect(state.published).toEqual([]);
});
