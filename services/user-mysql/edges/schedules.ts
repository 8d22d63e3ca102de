import type { scheduleCalls as contract, DueSchedule } from '../../common/protocol/schedule-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type ScheduleState, scheduleResultOf } from '../core/schedule-result.ts';
import type { Database, Session } from '../database.ts';
import { find, stop } from './saved-tasks.ts';

interface ScheduleRow {
  madeAt: number;
  dueAt: number;
  state: ScheduleState;
}

type Key = Pick<DueSchedule, 'app' | 'task' | 'part'>;

const placed = '(app_id, task_id, part) IN (?)';

/** Tasks that are sent later, each by one owner at a time. */
export function scheduleCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async saveSchedules({ items }) {
      await database.run(
        `INSERT INTO schedule (app_id, task_id, part, created_at, due_at, expires_at, record, state, owner, free_at)
         VALUES ? ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)`,
        [
          items.map(({ app, task, part, madeAt, dueAt, exp, record }) => [
            ...[app, task, part, madeAt, dueAt, exp, record, 'waiting', '', dueAt],
          ]),
        ],
      );
      return { results: items.map(() => ({})) };
    },

    async claimSchedules({ owner, limit, leaseMs }) {
      const at = now();
      const none = { due: [], expired: 0, stopped: 0 };
      // It is asked each second, and nearly always nothing is due: one statement then, and no transaction.
      const [first] = await database.rows<{ next: number | null }>(
        "SELECT MIN(free_at) AS next FROM schedule WHERE state = 'waiting'",
        [],
      );
      const next = first?.next ?? null;
      if (next === null) return none;
      // What an owner took before is free only later.
      if (next > at + leaseMs) return { ...none, nextMs: next - at };
      const free = `state = 'waiting' AND free_at <= ? AND (free_at <= ? OR owner = ?)`;
      const times = [at + leaseMs, at, owner];
      const some = await database.rows(`SELECT 1 FROM schedule WHERE ${free} LIMIT 1`, times);
      if (some.length === 0) return { ...none, nextMs: next - at };
      return database.transaction(async (session) => {
        const rows = await session.rows<DueSchedule & { exp: number }>(
          `SELECT app_id AS app, task_id AS task, part, due_at AS dueAt, expires_at AS exp, record FROM schedule
           WHERE ${free} ORDER BY free_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
          times,
        );
        const stopped = await stoppedOf(session, rows);
        const open = rows.filter((row) => !stopped.includes(row));
        const expired = open.filter(({ exp }) => exp <= at);
        const taken = open.filter(({ exp }) => exp > at);
        await end(session, 'cancelled', stopped);
        await end(session, 'failed', expired);
        if (taken.length > 0) {
          await session.run(`UPDATE schedule SET owner = ?, free_at = ? WHERE ${placed}`, [
            ...[owner, at + leaseMs, keysOf(taken)],
          ]);
        }
        const due = taken.map(({ exp: _, ...row }) => row);
        return { due, expired: expired.length, stopped: stopped.length };
      });
    },

    async finishSchedules({ owner, sent }) {
      await database.run(`UPDATE schedule SET state = 'sent' WHERE ${placed} AND owner = ? AND state = 'waiting'`, [
        ...[keysOf(sent), owner],
      ]);
      return {};
    },

    async scheduleOf({ app, task }) {
      const rows = await database.rows<ScheduleRow & { record: string; content: string | null; stopped: number }>(
        `SELECT s.created_at AS madeAt, s.due_at AS dueAt, s.state, s.record, k.content, k.stopped_at IS NOT NULL AS stopped
         FROM schedule s LEFT JOIN saved_task k ON k.app_id = s.app_id AND k.task_id = s.task_id
         WHERE s.app_id = ? AND s.task_id = ? ORDER BY s.part`,
        [app, task],
      );
      const [first] = rows;
      if (!first) return { schedule: null };
      const { madeAt, dueAt, record, content, stopped } = first;
      const states = rows.map(({ state }) => state);
      const message = content === null ? { record } : { content };
      return { schedule: { madeAt, dueAt, message, result: scheduleResultOf(states, stopped !== 0) } };
    },

    async cancelSchedule({ app, task, noticeMs }) {
      return database.transaction(async (session) => {
        // Locked: whoever claims what is due passes it over meanwhile, and finds it cancelled afterwards.
        const rows = await session.rows<ScheduleRow & { owner: string }>(
          'SELECT state, due_at AS dueAt, owner FROM schedule WHERE app_id = ? AND task_id = ? FOR UPDATE',
          [app, task],
        );
        const [first] = rows;
        if (!first) return { outcome: 'unknown' };
        const states = rows.map(({ state }) => state);
        const saved = await find(session, app, task);
        const result = scheduleResultOf(states, saved?.stoppedAt != null);
        if (result === 'sent' || result === 'failed') return { outcome: 'ran' };
        if (result === 'cancelled') return { outcome: 'cancelled' };
        const leftMs = first.dueAt - now();
        if (leftMs <= 0 && !states.includes('waiting')) return { outcome: 'ran' };
        if (leftMs < noticeMs || rows.some(({ owner }) => owner !== '')) return { outcome: 'late' };
        await session.run(
          "UPDATE schedule SET state = 'cancelled' WHERE app_id = ? AND task_id = ? AND state IN ('waiting', 'list')",
          [app, task],
        );
        if (saved) await stop(session, saved, now());
        return { outcome: 'cancelled' };
      });
    },
  };
}

/** Those whose tasks were stopped. */
async function stoppedOf<Row extends Key>(session: Session, rows: Row[]): Promise<Row[]> {
  if (rows.length === 0) return [];
  const stopped = await session.rows<Omit<Key, 'part'>>(
    `SELECT app_id AS app, task_id AS task FROM saved_task WHERE (app_id, task_id) IN (?) AND stopped_at IS NOT NULL`,
    [rows.map(({ app, task }) => [app, task])],
  );
  return rows.filter((row) => stopped.some(({ app, task }) => app === row.app && task === row.task));
}

async function end(session: Session, state: ScheduleState, rows: Key[]): Promise<void> {
  if (rows.length > 0) await session.run(`UPDATE schedule SET state = ? WHERE ${placed}`, [state, keysOf(rows)]);
}

function keysOf(rows: Key[]): string[][] {
  return rows.map(({ app, task, part }) => [app, task, part]);
}
