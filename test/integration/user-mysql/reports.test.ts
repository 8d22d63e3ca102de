import { expect, test } from 'vitest';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';
import { plansOf } from './plans.ts';

const app = 'app1';

async function filled() {
  const { database } = await migratedDatabase();
  const day = 86_400_000;
  const numbers = `WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 99)
    SELECT a.i * 100 + b.i AS i FROM n a, n b`;
  // 10,000 tasks over 100 days, in 100 groups; two steps each.
  await database.run(
    `INSERT INTO task (app_id, task_id, created_at, group_name, target_n, arrived_n)
     SELECT 'app1', CONCAT('t', i), (i DIV 100) * ${day} + i, CONCAT('g', i DIV 100), 3, 2 FROM (${numbers}) x`,
  );
  await database.run("INSERT INTO task (app_id, task_id, created_at, group_name) VALUES ('app1', 'idle', 1, 'empty')");
  await database.rows('ANALYZE TABLE task');
  return { database, day, calls: createCalls(database, () => 0) };
}

test('the tasks of a group, and of a time, are summed up by an index', async () => {
  const { database, day, calls } = await filled();
  const sum = {
    counts: expect.arrayContaining([
      { event: 'target', count: 300 },
      { event: 'arrived', count: 200 },
    ]),
  };
  expect(await calls.groupCounts({ app, group: 'g7' })).toEqual(sum);
  expect(await calls.groupCounts({ app, group: 'empty' })).toEqual({ counts: [] });
  expect(await calls.groupCounts({ app, group: 'G7' })).toBeNull();
  expect(await calls.groupCounts({ app: 'app2', group: 'g7' })).toBeNull();
  expect(await calls.periodCounts({ app, from: 7 * day, to: 8 * day })).toEqual(sum);
  expect(await calls.periodCounts({ app, from: 200 * day, to: 201 * day })).toEqual({ counts: [] });
  for (const where of [`t.group_name = 'g7'`, `t.created_at >= ${7 * day} AND t.created_at < ${8 * day}`]) {
    const plan = await plansOf(
      database,
      `SELECT COUNT(*), SUM(t.target_n) FROM task t WHERE t.app_id = 'app1' AND ${where}`,
    );
    for (const { rows } of plan) expect(rows).toBeLessThan(1_000);
  }
});

test('what happened on a device comes in order, those of one time by their order in life', async () => {
  const { database, calls } = await filled();
  await database.run(
    'INSERT INTO delivery (app_id, task_id, cid, day, target_at, sent_at, arrived_at, clicked_at, stored_at) VALUES ?',
    [[[app, 't1', cidOf(1), 0, 5, 5, 5, 9, 6]]],
  );
  await database.run('INSERT INTO custom_event (app_id, task_id, cid, event, day, at) VALUES ?', [
    [[app, 't1', cidOf(1), 'custom:90001', 0, 7]],
  ]);
  const { events, storedAt } = await calls.deviceEvents({ app, task: 't1', cid: cidOf(1) });
  expect(storedAt).toBe(6);
  expect(events.map(({ event }) => event)).toEqual(['target', 'sent', 'arrived', 'custom:90001', 'clicked']);
  expect(await calls.deviceEvents({ app, task: 't1', cid: cidOf(2) })).toEqual({ events: [] });
});
