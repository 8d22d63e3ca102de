import { expect, test } from 'vitest';
import type { SavedTask } from '../../../services/common/protocol/saved-task-calls.ts';
import type { Schedule } from '../../../services/common/protocol/schedule-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { instanceOn, migratedDatabase } from './fixtures.ts';
import { plansOf } from './plans.ts';

const app = 'app1';
const leaseMs = 5_000;
const noticeMs = 60_000;
const dueAt = 1_000_000;

function scheduleOf(task: string, more: Partial<Schedule> = {}): Schedule {
  return { app, task, part: '', madeAt: 1_000, dueAt, exp: dueAt + 60_000, record: `{"task":"${task} é"}`, ...more };
}

async function world() {
  const { database, url } = await migratedDatabase();
  const clock = { now: 1_000 };
  const calls = createCalls(database, () => clock.now);
  const claim = async (owner: string, limit = 100) =>
    (await calls.claimSchedules({ owner, limit, leaseMs })).due.map(({ task }) => task);
  const save = (...items: Schedule[]) => calls.saveSchedules({ items });
  const finish = (owner: string, ...tasks: string[]) =>
    calls.finishSchedules({ owner, sent: tasks.map((task) => ({ app, task, part: '' })) });
  const resultOf = async (task: string) => (await calls.scheduleOf({ app, task })).schedule?.result;
  const cancel = async (task: string) => (await calls.cancelSchedule({ app, task, noticeMs })).outcome;
  return { database, url, clock, calls, claim, save, finish, resultOf, cancel };
}

test('a schedule is taken when it is due, by one owner, and is over once that one has sent it', async () => {
  const { clock, calls, claim, save, finish, resultOf } = await world();
  await save(scheduleOf('t1'), scheduleOf('t2', { dueAt: dueAt + 1 }));
  clock.now = dueAt - 1;
  expect(await claim('a')).toEqual([]);
  clock.now = dueAt;
  const { due } = await calls.claimSchedules({ owner: 'a', limit: 10, leaseMs });
  expect(due).toEqual([{ app, task: 't1', part: '', dueAt, record: '{"task":"t1 é"}' }]);
  expect(await claim('b')).toEqual([]);
  expect(await resultOf('t1')).toBe('waiting');
  await finish('b', 't1');
  expect(await resultOf('t1')).toBe('waiting');
  await finish('a', 't1');
  await finish('a', 't1');
  expect(await resultOf('t1')).toBe('sent');
  clock.now += 10 * leaseMs;
  expect(await claim('c')).toEqual(['t2']);
});

test('where nothing is due, it is said in how many ms something is', async () => {
  const { clock, calls, claim, save, finish } = await world();
  const nextMs = async (owner: string) => (await calls.claimSchedules({ owner, limit: 10, leaseMs })).nextMs;
  expect(await nextMs('a')).toBeUndefined();
  await save(scheduleOf('late', { dueAt: dueAt + 9, exp: dueAt + 90_000 }), scheduleOf('early'));
  clock.now = dueAt - 2 * leaseMs;
  expect(await nextMs('a')).toBe(2 * leaseMs);
  clock.now = dueAt - 7;
  expect(await nextMs('a')).toBe(7);
  clock.now = dueAt;
  expect(await claim('a')).toEqual(['early']);
  // Also what another has taken: it may be free then.
  expect(await nextMs('b')).toBe(9);
  clock.now += 9;
  expect(await claim('b')).toEqual(['late']);
  expect(await nextMs('c')).toBe(leaseMs - 9);
  await finish('a', 'early');
  await finish('b', 'late');
  expect(await nextMs('c')).toBeUndefined();
});

test('what was kept first stays, whatever became of it', async () => {
  const { clock, calls, claim, save, finish } = await world();
  await save(scheduleOf('t1'));
  await save(scheduleOf('t1', { dueAt: dueAt + 9, record: '{}' }));
  clock.now = dueAt;
  expect(await claim('a')).toEqual(['t1']);
  await finish('a', 't1');
  await save(scheduleOf('t1'));
  clock.now += leaseMs;
  expect(await claim('b')).toEqual([]);
  expect(await calls.scheduleOf({ app, task: 't1' })).toEqual({
    schedule: { madeAt: 1_000, dueAt, message: { record: '{"task":"t1 é"}' }, result: 'sent' },
  });
  expect(await calls.scheduleOf({ app: 'app2', task: 't1' })).toEqual({ schedule: null });
});

test('a claim that is repeated, as its answer was lost, answers the same again', async () => {
  const { clock, claim, save } = await world();
  await save(scheduleOf('t1'), scheduleOf('t2', { dueAt: dueAt + leaseMs - 1 }));
  clock.now = dueAt;
  expect(await claim('a')).toEqual(['t1']);
  expect(await claim('a')).toEqual(['t1']);
  expect(await claim('b')).toEqual([]);
});

test('when a lease has run out another takes the schedule, and the first one can say nothing more of it', async () => {
  const { clock, claim, save, finish, resultOf } = await world();
  await save(scheduleOf('t1'));
  clock.now = dueAt;
  await claim('dead');
  clock.now += leaseMs - 1;
  expect(await claim('b')).toEqual([]);
  clock.now += 1;
  expect(await claim('b')).toEqual(['t1']);
  await finish('dead', 't1');
  expect(await resultOf('t1')).toBe('waiting');
  await finish('b', 't1');
  expect(await resultOf('t1')).toBe('sent');
});

test('of several instances that ask at once, in parts, each schedule goes to one', async () => {
  const { url, clock, claim, save } = await world();
  const tasks = Array.from({ length: 100 }, (_, index) => `t${String(index).padStart(3, '0')}`);
  await save(...tasks.map((task) => scheduleOf(task)));
  clock.now = dueAt;
  const instances = [1, 2, 3].map(() => createCalls(instanceOn(url), () => clock.now));
  const asked = Array.from({ length: 30 }, (_, index) =>
    instances[index % 3]!.claimSchedules({ owner: `o${index}`, limit: 7, leaseMs }),
  );
  const got = (await Promise.all(asked)).flatMap(({ due }) => due.map(({ task }) => task));
  // One that passed over what others were at may have got less than it asked for.
  got.push(...(await claim('rest')));
  expect(got.sort()).toEqual(tasks);
});

test('one that was missed is sent late while it has not expired, and has failed after that', async () => {
  const { clock, calls, save, resultOf } = await world();
  await save(scheduleOf('t1'), scheduleOf('t2', { exp: dueAt + 10_000 }));
  clock.now = dueAt + 10_000;
  const { due, expired } = await calls.claimSchedules({ owner: 'a', limit: 10, leaseMs });
  expect([due.map(({ task }) => task), expired]).toEqual([['t1'], 1]);
  expect(await resultOf('t2')).toBe('failed');
});

test('one is cancelled until its notice, once and for good, and never sent', async () => {
  const { clock, calls, claim, save, resultOf, cancel } = await world();
  await save(scheduleOf('t1'), scheduleOf('t2'));
  expect(await cancel('nobody')).toBe('unknown');
  expect((await calls.cancelSchedule({ app: 'app2', task: 't1', noticeMs })).outcome).toBe('unknown');
  clock.now = dueAt - noticeMs;
  expect(await cancel('t1')).toBe('cancelled');
  clock.now += 1;
  expect(await cancel('t1')).toBe('cancelled');
  expect(await cancel('t2')).toBe('late');
  await save(scheduleOf('t1'));
  clock.now = dueAt;
  expect(await claim('a')).toEqual(['t2']);
  expect(await resultOf('t1')).toBe('cancelled');
});

test('one that was sent, or that has failed, is not cancelled any more', async () => {
  const { clock, claim, save, finish, cancel } = await world();
  await save(scheduleOf('t1'), scheduleOf('t2', { exp: dueAt + 1 }));
  clock.now = dueAt + 1;
  await claim('a');
  expect(await cancel('t1')).toBe('late');
  await finish('a', 't1');
  expect([await cancel('t1'), await cancel('t2')]).toEqual(['ran', 'ran']);
});

test('cancelling races with claiming: whoever comes first has it, never both', async () => {
  const { url, clock, calls, claim, save, resultOf } = await world();
  const others = [1, 2].map(() => createCalls(instanceOn(url), () => clock.now));
  const tasks = Array.from({ length: 40 }, (_, index) => `r${index}`);
  await save(...tasks.map((task) => scheduleOf(task)));
  clock.now = dueAt;
  const takenFirst = await claim('first', 2);
  const claims = Array.from({ length: 9 }, (_, index) =>
    others[index % 2]!.claimSchedules({ owner: `o${index}`, limit: 2, leaseMs }),
  );
  // Without any notice, or the two could not meet.
  const cancels = tasks.map((task) => calls.cancelSchedule({ app, task, noticeMs: 0 }));
  const taken = [...takenFirst, ...(await Promise.all(claims)).flatMap(({ due }) => due.map(({ task }) => task))];
  const outcomes = await Promise.all(cancels);
  const cancelled = tasks.filter((_, index) => outcomes[index]!.outcome === 'cancelled');
  for (const task of cancelled) expect(await resultOf(task)).toBe('cancelled');
  clock.now += leaseMs;
  const again = (await calls.claimSchedules({ owner: 'again', limit: 100, leaseMs })).due.map(({ task }) => task);
  expect([...again, ...cancelled].sort()).toEqual([...tasks].sort());
  expect(cancelled.length).toBeGreaterThan(0);
  expect(taken.filter((task) => cancelled.includes(task))).toEqual([]);
});

test('a stopped task is ended in place of being sent', async () => {
  const { clock, calls, claim, save, resultOf, cancel } = await world();
  const saved: SavedTask = {
    ...{ app, task: 'RASA_1', kind: 'tag', at: dueAt, exp: dueAt + 60_000, stored: true, content: '{}' },
  };
  await calls.saveTask(saved);
  await save(scheduleOf('RASA_1'));
  expect(await calls.savedTask({ app, task: 'RASA_1' })).toEqual({ task: saved, stopped: false });
  await calls.markStopped({ app, task: 'RASA_1' });
  expect(await resultOf('RASA_1')).toBe('cancelled');
  expect(await cancel('RASA_1')).toBe('cancelled');
  clock.now = dueAt;
  expect(await claim('a')).toEqual([]);
  expect(await resultOf('RASA_1')).toBe('cancelled');
});

test('a list message is scheduled with its lists: each is taken by itself, and all are cancelled together, with it', async () => {
  const { clock, calls, save, resultOf, cancel } = await world();
  const message = (task: string): SavedTask => ({
    ...{ app, task, kind: 'list', at: dueAt, madeAt: 1_000, exp: dueAt + 60_000, stored: true, content: '{"a":"é"}' },
  });
  for (const task of ['RASL_1', 'RASL_2']) {
    expect(await calls.saveTask(message(task))).toEqual({ task: message(task) });
    expect(await calls.saveTask(message(task))).toEqual({ task: message(task) });
    expect(await resultOf(task)).toBe('waiting');
    await save(scheduleOf(task, { part: 'a1' }), scheduleOf(task, { part: 'b2' }));
  }
  expect((await calls.scheduleOf({ app, task: 'RASL_1' })).schedule).toEqual({
    ...{ madeAt: 1_000, dueAt, message: { content: '{"a":"é"}' }, result: 'waiting' },
  });
  expect(await cancel('RASL_2')).toBe('cancelled');
  expect(await calls.savedTask({ app, task: 'RASL_2' })).toMatchObject({ stopped: true });
  await save(scheduleOf('RASL_2', { part: 'c3' }));
  clock.now = dueAt;
  const { due, stopped } = await calls.claimSchedules({ owner: 'a', limit: 10, leaseMs });
  expect([due.map(({ task, part }) => task + part), stopped]).toEqual([['RASL_1a1', 'RASL_1b2'], 1]);
  await calls.finishSchedules({ owner: 'a', sent: [{ app, task: 'RASL_1', part: 'a1' }] });
  expect(await resultOf('RASL_1')).toBe('waiting');
  await calls.finishSchedules({ owner: 'a', sent: [{ app, task: 'RASL_1', part: 'b2' }] });
  expect([await resultOf('RASL_1'), await cancel('RASL_1')]).toEqual(['sent', 'ran']);
});

test('a list message of which no list was pushed in time is over, and was not sent', async () => {
  const { clock, calls, claim, resultOf, cancel } = await world();
  const task = { app, task: 'RASL_1', kind: 'list' as const, at: dueAt, madeAt: 1, exp: dueAt + 9, stored: true };
  await calls.saveTask({ ...task, content: '{}' });
  clock.now = dueAt;
  expect(await claim('a')).toEqual([]);
  expect([await resultOf('RASL_1'), await cancel('RASL_1')]).toEqual(['waiting', 'ran']);
});

test('what is due is found by its index among many that are not', async () => {
  const { database } = await world();
  const numbers = `WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 199)
    SELECT a.i * 100 + b.i AS i FROM n a, (SELECT i FROM n WHERE i < 100) b`;
  await database.run(
    `INSERT INTO schedule (app_id, task_id, part, created_at, due_at, expires_at, record, state, owner, free_at)
     SELECT 'app1', CONCAT('t', i), '', 1, ${dueAt} + i, ${dueAt} + i, '{}', IF(i < 10000, 'sent', 'waiting'), '', ${dueAt} + i
     FROM (${numbers}) x`,
  );
  await database.rows('ANALYZE TABLE schedule');
  const free = `FROM schedule WHERE state = 'waiting' AND free_at <= ? AND (free_at <= ? OR owner = ?)`;
  for (const sql of [`SELECT record ${free} ORDER BY free_at LIMIT 100`, `SELECT 1 ${free} LIMIT 1`]) {
    const [plan] = await plansOf(database, sql, [dueAt + 10_100, dueAt + 10_050, 'a']);
    expect(plan).toMatchObject({ type: 'range', key: 'schedule_by_time' });
    expect(plan!.rows).toBeLessThan(1_000);
  }
  const [least] = await plansOf(database, "SELECT MIN(free_at) FROM schedule WHERE state = 'waiting'");
  expect(least!.Extra).toMatch(/optimized away/);
});
