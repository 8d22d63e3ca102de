import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RestoreStops } from './restore-stops.ts';

function rig(count: number) {
  const all = Array.from({ length: count }, (_, index) => ({ task: `t${String(index).padStart(5, '0')}`, exp: 9 }));
  const state = { away: false, asked: 0, stopped: [] as string[] };
  const stops = new RestoreStops(
    {
      stoppedTasks: async ({ after, limit }) => {
        state.asked++;
        if (state.away) throw new Error('away');
        return { tasks: all.filter(({ task }) => after === null || task > after.task).slice(0, limit) };
      },
    },
    {
      stopTasks: async ({ items }) => {
        state.stopped.push(...items.map(({ task }) => task));
        return { results: items.map(() => ({})) };
      },
    },
    pino({ level: 'silent' }),
  );
  return { stops, state, all };
}

test('all stopped tasks are said anew, once for partitions that begin together, and again for those that begin later', async () => {
  const { stops, state, all } = rig(2_300);
  await Promise.all([stops.run(), stops.run(), stops.run()]);
  expect(state.stopped).toEqual(all.map(({ task }) => task));
  const under = stops.run();
  await Promise.resolve();
  await Promise.resolve();
  // Whoever asks while one is under way gets one that begins later.
  await Promise.all([under, stops.run(), stops.run()]);
  expect(state.stopped).toHaveLength(3 * all.length);
});

test('without MySQL it goes on', async () => {
  const { stops, state } = rig(3);
  state.away = true;
  await stops.run();
  expect(state.stopped).toEqual([]);
});
