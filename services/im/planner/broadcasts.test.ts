import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import { isForLog, sendBroadcasts } from './broadcasts.ts';

const now = 1_000;

function task(id: string, more: Partial<TaskRecord> = {}): TaskRecord {
  const message = { app: 'app', task: id, at: 1, exp: now + 1, stored: true, body: '{}' };
  return { ...message, audience: { all: true }, ...more };
}

async function sent(...tasks: TaskRecord[]) {
  const published: { topic: string; records: NewRecord[] }[] = [];
  const stopped: string[] = [];
  await sendBroadcasts(
    {
      publish: async (topic, records) => void published.push({ topic, records }),
      topics: { broadcast: 'broadcast', receipt: 'receipt' },
      tasks: {
        markStopped: async ({ app, task: id }) => ({
          task: id === 'kept' ? { app, task: id, kind: 'all', at: 1, exp: 9, stored: true, content: '{}' } : null,
        }),
      },
      stops: {
        stopTasks: async ({ items }) => {
          stopped.push(...items.map(({ task: id }) => id));
          return { results: items.map(() => ({})) };
        },
      },
      now: () => now,
    },
    tasks,
  );
  // In the order of the topics: each partition of one is a publish of its own.
  const topics = [...new Set(published.map(({ topic }) => topic))];
  const values = topics.map((topic) =>
    published
      .filter((one) => one.topic === topic)
      .flatMap(({ records }) => records.map(({ value }) => JSON.parse(value) as unknown)),
  );
  return { topics, values, stopped, published };
}

test('a task is one record for the log of its app, and one receipt that has its targets counted', async () => {
  const later = { exp: now + 60_000, stored: false };
  const { topics, values } = await sent(task('a', { group: 'g' }), task('b', later));
  expect(topics).toEqual(['broadcast', 'receipt']);
  expect(values[0]).toMatchObject([
    { id: 'a/all', task: 'a', exp: now + 1, stored: true },
    { id: 'b/all', task: 'b', exp: now + 10_000, stored: false },
  ]);
  expect(values[1]).toEqual([
    { kind: 'broadcast', app: 'app', task: 'a', at: 1, group: 'g' },
    { kind: 'broadcast', app: 'app', task: 'b', at: 1 },
  ]);
});

test('those of one app keep their order: they go to one partition', async () => {
  const { published } = await sent(task('a'), task('b'), task('c'));
  expect(new Set(published[0]!.records.map(({ partition }) => partition)).size).toBe(1);
});

test('what one recalls is stopped first; a task that is not kept is passed over', async () => {
  const { stopped, topics } = await sent(task('r1', { recalls: 'kept' }), task('r2', { recalls: 'single' }));
  expect(stopped).toEqual(['kept']);
  expect(topics).toEqual(['broadcast', 'receipt']);
});

test('large ones are published in parts', async () => {
  const tasks = Array.from({ length: 200 }, (_, index) => task(`t${index}`, { body: '0'.repeat(60_000) }));
  const { topics, published } = await sent(...tasks);
  expect(topics).toEqual(['broadcast', 'receipt']);
  const parts = published.filter(({ topic }) => topic === 'broadcast');
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap(({ records }) => records)).toHaveLength(200);
});

test('nothing is published for nothing; a task at a speed or to others is none for the log', async () => {
  expect((await sent()).topics).toEqual([]);
  const others = [task('s', { speed: 5 }), task('t', { audience: { where: [] } }), task('a')];
  expect(others.map(isForLog)).toEqual([false, false, true]);
});
