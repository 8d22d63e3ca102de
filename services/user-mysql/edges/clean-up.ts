import { dayOf, startOfDay } from '../core/days.ts';
import type { Database, SqlValue } from '../database.ts';

export interface CleanUpOptions {
  now: () => number;
  /** Days for which figures are kept. */
  historyDays: number;
  /** How long what is over is kept, ms: for as long as the bus may bring its records again. */
  slackMs: number;
  /** True when it is to end early. */
  stopping: () => boolean;
}

/** Rows of one DELETE: it holds its locks for a fraction of a second. */
const rowsAtOnce = 1_000;
/** Batches of one table in one round; the next round goes on. */
const maxBatches = 1_000;

/** How long tries to sign in are kept after the last one, and rows of the audit log. */
const triesMs = 86_400_000;
const auditMs = 400 * 86_400_000;

/** Removes what is over, in small batches: it may be cut short anywhere, and two may do it at once. */
export async function cleanUp(database: Database, options: CleanUpOptions): Promise<void> {
  const over = options.now() - options.slackMs;
  await removeAll(database, options, 'saved_task WHERE expires_at < ?', [over]);
  await removeAll(database, options, 'schedule WHERE expires_at < ?', [over]);
  await removeAll(database, options, 'stopped_task WHERE expires_at < ?', [over]);
  await removeAll(database, options, 'tag_job WHERE done = 1 AND lease_until < ?', [over]);
  await removeAll(database, options, 'operator_session WHERE expires_at < ?', [options.now()]);
  await removeAll(database, options, 'sign_in_try WHERE last_at < ?', [options.now() - triesMs]);
  await removeAll(database, options, 'audit WHERE at < ?', [options.now() - auditMs]);
  const firstDay = dayOf(options.now()) - options.historyDays;
  const apps = await database.rows<{ app: string }>('SELECT app_id AS app FROM app');
  for (const { app } of apps) {
    if (options.stopping()) return;
    await removeTasks(database, options, app, startOfDay(firstDay));
    await foldDays(database, app, firstDay);
  }
}

/** Deletes what `from` names, batch by batch. */
export async function removeAll(
  database: Database,
  { stopping }: Pick<CleanUpOptions, 'stopping'>,
  from: string,
  values: SqlValue[],
): Promise<void> {
  for (let batch = 0; batch < maxBatches && !stopping(); batch++) {
    const removed = await database.session(async (session) => {
      await session.run(`DELETE FROM ${from} LIMIT ${rowsAtOnce}`, values);
      const [row] = await session.rows<{ n: number }>('SELECT ROW_COUNT() AS n');
      return row?.n ?? 0;
    });
    if (removed < rowsAtOnce) return;
  }
}

/** Tasks with their figures. */
async function removeTasks(
  database: Database,
  { stopping }: CleanUpOptions,
  app: string,
  before: number,
): Promise<void> {
  for (let batch = 0; batch < maxBatches && !stopping(); batch++) {
    const old = await database.rows<{ task: string }>(
      `SELECT task_id AS task FROM task WHERE app_id = ? AND created_at < ? ORDER BY created_at LIMIT ${rowsAtOnce}`,
      [app, before],
    );
    if (old.length === 0) return;
    const tasks = old.map(({ task }) => task);
    // Figures first: without its row nobody would find them.
    for (const table of ['custom_count', 'channel_count']) {
      await database.run(`DELETE FROM ${table} WHERE app_id = ? AND task_id IN (?)`, [app, tasks]);
    }
    await database.run('DELETE FROM task WHERE app_id = ? AND task_id IN (?)', [app, tasks]);
  }
}

/** Figures of days before the first that is kept: of them only how many devices they registered is carried on. */
async function foldDays(database: Database, app: string, firstDay: number): Promise<void> {
  await database.transaction(async (session) => {
    const old = await session.rows<{ day: number; earlier: number; registered: number }>(
      `SELECT day, earlier, registered FROM app_day WHERE app_id = ? AND day < ? ORDER BY day LIMIT ${rowsAtOnce} FOR UPDATE`,
      [app, firstDay],
    );
    if (old.length === 0) return;
    const earlier = old.reduce((sum, row) => sum + row.earlier + row.registered, 0);
    await session.run('DELETE FROM app_day WHERE app_id = ? AND day IN (?)', [app, old.map(({ day }) => day)]);
    await session.run(
      'INSERT INTO app_day (app_id, day, earlier) VALUES ? ON DUPLICATE KEY UPDATE earlier = earlier + VALUES(earlier)',
      [[[app, firstDay, earlier]]],
    );
  });
}
