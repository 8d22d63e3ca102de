import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { ViewState } from '../../common/protocol/user-redis-calls.ts';
import { createRouterMetrics } from '../metrics.ts';
import { Replay } from './replay.ts';

const begin = 10;
const end = 100;
const recent = 60;

function rig(views: ViewState[] = ['ready']) {
  const state = { views, holder: new Map<number, string>(), finishes: true, asked: [] as number[] };
  const calls = {
    views: async ({ partitions }: { partitions: number[] }) => ({
      views: partitions.map((partition) => state.views[partition] ?? 'missing'),
    }),
    beginReplay: async ({ partition, replay }: { partition: number; replay: string }) => {
      state.holder.set(partition, replay);
      state.views[partition] = 'replaying';
      return {};
    },
    finishReplay: async ({ partition, replay }: { partition: number; replay: string }) => {
      const finished = state.finishes && state.holder.get(partition) === replay;
      if (finished) state.views[partition] = 'ready';
      return { finished };
    },
  };
  const bus = {
    ranges: async () => [0, 1].map((partition) => ({ partition, begin, end })),
    offsetAt: async (_topic: string, _partition: number, timeMs: number) => {
      state.asked.push(timeMs);
      return recent;
    },
  };
  const metrics = createRouterMetrics(new Registry(), () => ({ owned: 0, replaying: 0 }));
  const options = { topic: 'route', windowMs: 1_000, now: () => 50_000 };
  return { replay: new Replay(bus, calls, options, metrics, pino({ level: 'silent' })), state };
}

test('RT2 a whole view is gone on with where the group stands', async () => {
  const { replay, state } = rig(['ready']);
  expect(await replay.start(0, 80)).toBe(80);
  expect(replay.states()).toEqual({ owned: 1, replaying: 0 });
  expect(state.holder.size).toBe(0);
});

test('RT2 an empty view is filled from the oldest record, and is whole once its end of then is handled', async () => {
  const { replay, state } = rig(['missing']);
  expect(await replay.start(0, 80)).toBe(begin);
  expect(replay.states()).toEqual({ owned: 1, replaying: 1 });
  expect(await replay.handled(0, end - 1)).toBe(true);
  expect(state.views).toEqual(['replaying']);
  expect(await replay.handled(0, end)).toBe(true);
  expect(state.views).toEqual(['ready']);
  expect(replay.states()).toEqual({ owned: 1, replaying: 0 });
});

test('RT2 a view of before a restart of Redis is filled from a while ago, or from where the group stands if that is earlier', async () => {
  const { replay, state } = rig(['stale', 'stale']);
  expect(await replay.start(0, 80)).toBe(recent);
  expect(await replay.start(1, 40)).toBe(40);
  expect(state.asked).toEqual([49_000, 49_000]);
});

test('RT2 a replay that another router left off is begun anew, from the oldest record', async () => {
  const { replay } = rig(['replaying']);
  expect(await replay.start(0, 80)).toBe(begin);
});

test('RT2 with nothing to read again the view is whole at once', async () => {
  const { replay, state } = rig([]);
  expect(await replay.start(5, 0)).toBe(0);
  expect(state.views[5]).toBe('ready');
  expect(replay.states()).toEqual({ owned: 1, replaying: 0 });
});

test('RT2 a replay that somebody else took over starts over', async () => {
  const { replay, state } = rig(['missing']);
  await replay.start(0, 80);
  state.holder.set(0, 'another');
  expect(await replay.handled(0, end)).toBe(false);
});

test('what the group had committed when the partition was taken is counted, and stays so through a replay', async () => {
  const { replay, state } = rig(['missing']);
  await replay.start(0, 80);
  expect([replay.counted(0, 79), replay.counted(0, 80)]).toEqual([true, false]);
  state.views[0] = 'missing';
  await replay.start(0, 95);
  expect([replay.counted(0, 94), replay.counted(0, 95)]).toEqual([true, false]);
  expect(replay.counted(1, 0)).toBe(false);
});

test('RT2 a partition starts over if its view is lost, or is being filled by nobody here', async () => {
  const { replay, state } = rig(['ready', 'missing']);
  await replay.start(0, 80);
  await replay.start(1, 80);
  const must = (partition: number): boolean[] =>
    (['ready', 'replaying', 'missing', 'stale'] as const).map((view) => replay.mustRestart(partition, view));
  expect(must(0)).toEqual([false, true, true, true]);
  expect(must(1)).toEqual([false, false, true, true]);
  expect(await replay.lost([0, 1])).toEqual([]);
  state.views[0] = 'stale';
  expect(await replay.lost([0, 1, 2])).toEqual([0]);
  replay.stop(0);
  expect(await replay.lost([0, 1])).toEqual([]);
});
