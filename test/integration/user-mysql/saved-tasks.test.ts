import { expect, test } from 'vitest';
import type { SavedTask } from '../../../services/common/protocol/saved-task-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { migratedDatabase } from './fixtures.ts';

const task: SavedTask = {
  ...{ app: 'app1', task: 'RASL_1', kind: 'list', at: 1_000, exp: 9_000, stored: true },
  ...{ content: '{"transmission":"héllo"}', group: 'spring' },
};
const { group: _, ...withoutGroup } = task;

test('what was saved first stays, and is the app’s alone', async () => {
  const calls = createCalls((await migratedDatabase()).database, () => 5_000);
  expect(await calls.saveTask(task)).toEqual({ task });
  expect(await calls.saveTask({ ...withoutGroup, content: '{}', at: 2_000 })).toEqual({ task });
  expect(await calls.savedTask({ app: 'app1', task: 'RASL_1' })).toEqual({ task, stopped: false });
  expect(await calls.savedTask({ app: 'app2', task: 'RASL_1' })).toEqual({ task: null, stopped: false });
  const unstored = { ...withoutGroup, task: 'RASL_2', stored: false };
  expect(await calls.saveTask(unstored)).toEqual({ task: unstored });
});

test('reports know a task from when it was saved', async () => {
  const { database } = await migratedDatabase();
  const calls = createCalls(database, () => 5_000);
  await calls.saveTask(task);
  expect(await calls.taskCounts({ items: [{ app: 'app1', task: 'RASL_1' }] })).toEqual({ results: [{ counts: [] }] });
  const rows = await database.rows('SELECT created_at AS at, group_name AS groupName FROM task');
  expect(rows).toEqual([{ at: 1_000, groupName: 'spring' }]);
});

test('stopped tasks that are not over are read in pages, whoever has them', async () => {
  const { database } = await migratedDatabase();
  const calls = createCalls(database, () => 5_000);
  const ends = { RASL_a: 4_000, RASL_b: 7_000, RASL_c: 7_000, RASL_d: 6_000, RASL_e: 8_000 };
  for (const [id, exp] of Object.entries(ends)) {
    await calls.saveTask({ ...withoutGroup, app: `of-${id}`, task: id, exp });
    if (id !== 'RASL_e') await calls.markStopped({ app: `of-${id}`, task: id });
    if (id === 'RASL_b') await calls.markStopped({ app: `of-${id}`, task: id });
  }
  const first = (await calls.stoppedTasks({ after: null, limit: 2 })).tasks;
  expect(first.map(({ task }) => task)).toEqual(['RASL_d', 'RASL_b']);
  expect(await calls.stoppedTasks({ after: first[1]!, limit: 2 })).toEqual({ tasks: [{ task: 'RASL_c', exp: 7_000 }] });
});

test('a task is stopped once and for good; one that the app lacks is not found', async () => {
  const { database } = await migratedDatabase();
  let now = 5_000;
  const calls = createCalls(database, () => now);
  await calls.saveTask(task);
  expect(await calls.markStopped({ app: 'app2', task: 'RASL_1' })).toEqual({ task: null });
  expect(await calls.savedTask({ app: 'app1', task: 'RASL_1' })).toMatchObject({ stopped: false });
  expect(await calls.markStopped({ app: 'app1', task: 'RASL_1' })).toEqual({ task });
  now = 6_000;
  expect(await calls.markStopped({ app: 'app1', task: 'RASL_1' })).toEqual({ task });
  expect(await database.rows('SELECT stopped_at AS at FROM saved_task')).toEqual([{ at: 5_000 }]);
  expect(await calls.savedTask({ app: 'app1', task: 'RASL_1' })).toMatchObject({ stopped: true });
});
