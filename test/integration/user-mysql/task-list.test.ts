import { expect, test } from 'vitest';
import type { TaskKey } from '../../../services/common/protocol/task-list-calls.ts';
import type { UserMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../../services/common/rpc/contract.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { scheduleQuery, type TaskFilter, taskQuery } from '../../../services/user-mysql/core/task-query.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';

type Calls = Handlers<UserMysqlCalls>;
type Ask = Parameters<Calls['listTasks']>[0];

const app = 'app1';
const day = 86_400_000;
const now = Date.parse('2026-11-29T12:00:00Z');

async function opened() {
  const { database } = await migratedDatabase();
  return { database, calls: createCalls(database, () => now) };
}

/** Every page of a list, and how many there were. */
async function pagesOf(calls: Calls, ask: Omit<Ask, 'app' | 'after' | 'limit'>, limit: number) {
  const tasks: string[] = [];
  let after: TaskKey | null = null;
  let pages = 0;
  do {
    const page: Awaited<ReturnType<Calls['listTasks']>> = await calls.listTasks({ app, ...ask, after, limit });
    tasks.push(...page.tasks.map(({ task }) => task));
    after = page.next;
    pages++;
  } while (after);
  return { tasks, pages };
}

const saved = (task: string, given: Partial<Parameters<Calls['saveTask']>[0]> = {}) => ({
  ...{
    app,
    task,
    kind: 'list' as const,
    at: now - 1_000,
    exp: now + day,
    stored: true,
    content: '{"transmission":"hi"}',
  },
  ...given,
});

test('tasks come newest first, those of one time by id, each once over all pages', async () => {
  const { database, calls } = await opened();
  const rows = Array.from({ length: 25 }, (_none, n) => [
    app,
    `RASS_1129_${String(n).padStart(2, '0')}`,
    now - Math.floor(n / 5),
    null,
  ]);
  await database.run('INSERT INTO task (app_id, task_id, created_at, group_name) VALUES ?', [rows]);
  await database.run('INSERT INTO task (app_id, task_id, created_at) VALUES ?', [[['app2', 'RASS_1129_x', now]]]);
  const { tasks, pages } = await pagesOf(calls, {}, 7);
  const expected = rows
    .map(([, task, at]) => ({ task: task as string, at: at as number }))
    .sort((left, right) => right.at - left.at || (left.task < right.task ? 1 : -1));
  expect(tasks).toEqual(expected.map(({ task }) => task));
  expect(pages).toBe(4);
});

test('a schedule that nothing has happened to stands among the tasks at the time it is due', async () => {
  const { database, calls } = await opened();
  await database.run('INSERT INTO task (app_id, task_id, created_at, target_n, arrived_n) VALUES ?', [
    [[app, 'RASS_1129_now', now - 5, 1, 1]],
  ]);
  const record = JSON.stringify({ group: 'spring', body: '{"transmission":"later"}', audience: { cids: [cidOf(1)] } });
  const schedule = { app, part: '', madeAt: now - 10, exp: now + day, record };
  await calls.saveSchedules({
    items: [
      { ...schedule, task: 'RASS_1129_later', dueAt: now + 60_000 },
      { ...schedule, task: 'RASS_1129_past', dueAt: now - 20 },
    ],
  });
  const { tasks } = await calls.listTasks({ app, after: null, limit: 10 });
  expect(tasks.map(({ task, state, group }) => [task, state, group])).toEqual([
    ['RASS_1129_later', 'scheduled', 'spring'],
    ['RASS_1129_now', 'done', null],
    ['RASS_1129_past', 'scheduled', 'spring'],
  ]);
  expect((await pagesOf(calls, { group: 'spring' }, 1)).tasks).toEqual(['RASS_1129_later', 'RASS_1129_past']);
  expect((await pagesOf(calls, { task: 'RASS_1129_later' }, 5)).tasks).toEqual(['RASS_1129_later']);
  expect((await pagesOf(calls, { from: now, to: now + day }, 5)).tasks).toEqual(['RASS_1129_later']);
  expect((await calls.taskDetail({ app, task: 'RASS_1129_later' })).task).toMatchObject({
    ...{ state: 'scheduled', kept: false, expiresAt: now + day, content: '{"transmission":"later"}' },
    schedule: { madeAt: now - 10, dueAt: now + 60_000, result: 'waiting' },
  });
});

test('state, targets and figures of a task are of one reading, whatever is counted meanwhile', async () => {
  const { database } = await opened();
  await database.run('INSERT INTO task (app_id, task_id, created_at, target_n) VALUES ?', [
    [[app, 'RASS_1129_one', now - 5, 1]],
  ]);
  // It arrives as soon as the task was looked for.
  const interrupted = Object.create(database) as typeof database;
  interrupted.rows = async (sql, values) => {
    const found = await database.rows<never>(sql, values);
    await database.run('UPDATE task SET arrived_n = 1 WHERE app_id = ?', [app]);
    return found;
  };
  const { task } = await createCalls(interrupted, () => now).taskDetail({ app, task: 'RASS_1129_one' });
  expect(task).toMatchObject({ state: 'done', targets: 1, arrived: 1 });
  expect(task?.counts).toEqual([
    { event: 'target', count: 1 },
    { event: 'arrived', count: 1 },
  ]);
});

test('tasks and schedules are found by the beginning of their ids, in pages, and those of nobody else', async () => {
  const { database, calls } = await opened();
  const ids = [
    'RASS_1129_abcdef01',
    'RASS_1129_abcdef02',
    'RASS_1129_abcdef',
    'RASS_1129_abcdee01',
    'RASS_1129_abcdf0',
  ];
  await database.run('INSERT INTO task (app_id, task_id, created_at) VALUES ?', [
    [...ids.map((id, n) => [app, id, now - n]), ['app2', 'RASS_1129_abcdef03', now]],
  ]);
  const record = JSON.stringify({ body: '{}', audience: { cids: [cidOf(1)] } });
  await calls.saveSchedules({
    items: [{ app, task: 'RASS_1129_abcdef04', part: '', madeAt: now, dueAt: now + 1_000, exp: now + day, record }],
  });
  const { tasks, pages } = await pagesOf(calls, { taskBeginning: 'RASS_1129_abcdef' }, 2);
  expect(tasks).toEqual(['RASS_1129_abcdef04', ...ids.slice(0, 3)]);
  expect(pages).toBe(2);
});

test('tasks are found by state, by group and by what is kept of them', async () => {
  const { database, calls } = await opened();
  await calls.saveTask(saved('RASL_1129_a', { group: 'g' }));
  await calls.saveTask(saved('RASL_1129_b'));
  await calls.markStopped({ app, task: 'RASL_1129_b' });
  await calls.saveTask(saved('RASA_1129_c', { kind: 'tag', group: 'g' }));
  const where = [{ key: 'custom_tag' as const, values: ['vip'], opt: 'or' as const }];
  await calls.openTagJob({ app, task: 'RASA_1129_c', record: JSON.stringify({ audience: { where }, body: '{}' }) });
  await database.run('INSERT INTO task (app_id, task_id, created_at, target_n) VALUES ?', [
    [[app, 'RASS_1120_old', now - 9 * day, 1]],
  ]);
  await database.run('INSERT INTO custom_count (app_id, task_id, event, n) VALUES ?', [
    [[app, 'RASS_1120_old', 'custom:90001', 4]],
  ]);
  const states = { running: ['RASL_1129_a', 'RASA_1129_c'], stopped: ['RASL_1129_b'], done: ['RASS_1120_old'] };
  for (const [state, tasks] of Object.entries(states)) {
    expect((await pagesOf(calls, { state: state as keyof typeof states }, 1)).tasks).toEqual(tasks);
  }
  expect((await pagesOf(calls, { group: 'g' }, 10)).tasks).toEqual(['RASL_1129_a', 'RASA_1129_c']);
  expect((await calls.taskDetail({ app, task: 'RASA_1129_c' })).task).toMatchObject({
    ...{ audience: 'tag', where, kept: true, content: '{"transmission":"hi"}' },
  });
  expect((await calls.taskDetail({ app, task: 'RASS_1120_old' })).task).toMatchObject({
    ...{ state: 'done', kept: false, expiresAt: null, where: null },
    counts: [
      { event: 'target', count: 1 },
      { event: 'custom:90001', count: 4 },
    ],
  });
  expect(await calls.taskDetail({ app: 'app2', task: 'RASA_1129_c' })).toEqual({ task: null });
});

test('what happened to a task on its devices, and on a device to the app’s tasks', async () => {
  const { database, calls } = await opened();
  const today = Math.floor(now / day);
  await database.run('INSERT INTO task (app_id, task_id, created_at) VALUES ?', [
    [
      [app, 'RASL_1129_a', now - 100],
      [app, 'RASL_1128_b', now - day],
    ],
  ]);
  await database.run(
    'INSERT INTO delivery (app_id, task_id, cid, day, target_at, stored_at, sent_at, arrived_at) VALUES ?',
    [
      [
        [app, 'RASL_1129_a', cidOf(1), today, now - 100, null, now - 90, null],
        [app, 'RASL_1129_a', cidOf(2), today, now - 100, now - 95, now - 90, now - 80],
        [app, 'RASL_1128_b', cidOf(2), today - 1, now - day, null, null, null],
      ],
    ],
  );
  await database.run('INSERT INTO custom_event (app_id, task_id, cid, event, day, at) VALUES ?', [
    [[app, 'RASL_1129_a', cidOf(2), 'custom:90001', today, now - 70]],
  ]);
  const ask = { app, task: 'RASL_1129_a', limit: 1 };
  const first = await calls.taskDevices({ ...ask, after: null });
  expect(first.devices.map(({ cid, events }) => [cid, events.map(({ event }) => event)])).toEqual([
    [cidOf(1), ['target', 'sent']],
  ]);
  expect(first.devices[0]).not.toHaveProperty('storedAt');
  expect((await calls.taskDevices({ ...ask, after: cidOf(1) })).devices[0]).toMatchObject({
    cid: cidOf(2),
    storedAt: now - 95,
  });
  expect((await calls.taskDevices({ ...ask, after: cidOf(2) })).devices).toEqual([]);
  const history = await calls.deviceHistory({ app, cid: cidOf(2), after: null });
  expect(history.events.map(({ task, event }) => [task, event])).toEqual([
    ['RASL_1129_a', 'custom:90001'],
    ['RASL_1129_a', 'arrived'],
    ['RASL_1129_a', 'sent'],
    ['RASL_1129_a', 'target'],
    ['RASL_1128_b', 'target'],
  ]);
  expect(history).toMatchObject({ since: now - day, next: null });
});

test('devices of an app come by cid, page by page', async () => {
  const { calls } = await opened();
  const items = [3, 1, 2].map((n) => ({ app, cid: cidOf(n), device: { platform: 'web' as const }, at: now }));
  await calls.registerDevices({ items });
  expect(await calls.listDevices({ app, after: null, limit: 2 })).toEqual({ cids: [cidOf(1), cidOf(2)] });
  expect(await calls.listDevices({ app, after: cidOf(2), limit: 2 })).toEqual({ cids: [cidOf(3)] });
  expect(await calls.listDevices({ app: 'app2', after: null, limit: 2 })).toEqual({ cids: [] });
});

test('of 100,000 tasks a page is read from an index in its order, whatever is asked for', async () => {
  const { database, calls } = await opened();
  const numbers = `WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 99)
    SELECT a.i * 10000 + b.i * 100 + c.i AS i FROM (SELECT i FROM n WHERE i < 10) a, n b, n c`;
  await database.run(
    `INSERT INTO task (app_id, task_id, created_at, group_name, target_n, arrived_n)
     SELECT 'app1', CONCAT('RASS_1129_', i), ${now} - i * 1000, CONCAT('g', i MOD 10), 1, i MOD 2 FROM (${numbers}) x`,
  );
  await database.run(
    `INSERT INTO schedule (app_id, task_id, part, created_at, due_at, expires_at, record, state, owner, free_at)
     SELECT 'app1', CONCAT('RASS_1130_', i), '', ${now}, ${now} + i * 1000, ${now} + ${9 * day}, '{}', 'waiting', '', 0
     FROM (${numbers}) x WHERE i < 20000`,
  );
  for (const table of ['task', 'schedule']) await database.rows(`ANALYZE TABLE ${table}`);
  const filters: Omit<TaskFilter, 'app' | 'after'>[] = [
    {},
    { group: 'g7' },
    { from: now - 50_000_000, to: now },
    { task: 'RASS_1129_5' },
    // Few are sorted, however many there are.
    { taskBeginning: 'RASS_1129_99999' },
  ];
  for (const after of [null, { at: now - 40_000_000, task: 'RASS_1129_40000' }]) {
    for (const filter of filters) {
      for (const { text, values } of [
        taskQuery({ app, ...filter, after }, 51),
        scheduleQuery({ app, ...filter, after }, 51),
      ]) {
        const plan = await database.rows<{ type: string; Extra: string | null }>(`EXPLAIN ${text}`, values);
        for (const { type, Extra } of plan) {
          expect(type).not.toBe('ALL');
          expect(Extra ?? '').not.toMatch('taskBeginning' in filter ? /temporary/ : /filesort|temporary/);
        }
      }
    }
  }
  // What a page reads: rows of the handler, not of the table.
  const readsOf = async (ask: Partial<Ask>): Promise<number> =>
    database.session(async (session) => {
      const total = async (): Promise<number> => {
        const rows = await session.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read%'");
        return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
      };
      const within = createCalls({ ...database, rows: session.rows.bind(session) } as never, () => now);
      const before = await total();
      await within.listTasks({ app, after: null, limit: 50, ...ask });
      return (await total()) - before;
    });
  expect(await readsOf({})).toBeLessThan(2_000);
  expect(await readsOf({ group: 'g7', after: { at: now - 40_000_000, task: 'RASS_1129_40000' } })).toBeLessThan(2_000);
  expect(await readsOf({ taskBeginning: 'RASS_1129_99999' })).toBeLessThan(1_000);
  expect(await readsOf({ state: 'stopped' })).toBeLessThan(20_000);
  const deep = await calls.listTasks({ app, after: { at: now - 99_000_000, task: 'RASS_1129_99000' }, limit: 200 });
  expect(deep.tasks[0]).toMatchObject({ task: 'RASS_1129_99001', audience: 'single' });
});
