import { expect, test } from 'vitest';
import { maxBatchItems } from '../../../services/common/rpc/contract.ts';
import { migratedDatabase } from './fixtures.ts';

/** The largest batches against tables that are large beside them: a scan would show. */
const rows = 20_000;

interface Plan {
  table: string;
  type: string;
  key: string;
  /** Text in the plans of some statements. */
  rows: number | string;
}

test('batches of many keys read ranges of an index, never a whole table', async () => {
  const { database } = await migratedDatabase();
  const numbers = `WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 199)
    SELECT a.i * 100 + b.i AS i FROM n a, (SELECT i FROM n WHERE i < 100) b`;
  await database.run(
    `INSERT INTO device (app_id, cid, platform, registered_at) SELECT 'app1', LPAD(HEX(i), 32, '0'), 'ios', 1 FROM (${numbers}) x`,
  );
  await database.run(
    `INSERT INTO alias (app_id, alias, cid, bound_at, bound_no) SELECT 'app1', LPAD(HEX(i), 32, '0'), LPAD(HEX(i), 32, '0'), 1, 0 FROM (${numbers}) x`,
  );
  await database.run(
    `INSERT INTO push_event (app_id, task_id, cid, event, day, at)
     SELECT 'app1', CONCAT('task', 100 + FLOOR(i / 200)), LPAD(HEX(i), 32, '0'), 'target', 0, 1 FROM (${numbers}) x`,
  );
  for (const table of ['device', 'alias', 'push_event']) await database.rows(`ANALYZE TABLE ${table}`);
  const keys = await database.rows<{ cid: string; task: string }>(
    `SELECT cid, task_id AS task FROM push_event ORDER BY REVERSE(cid) LIMIT ${maxBatchItems}`,
  );
  const pairs = keys.map(({ cid }) => ['app1', cid]);
  const cids = keys.map(({ cid }) => cid);
  const events = keys.slice(0, 500).map(({ cid, task }) => ['app1', task, cid, 'target']);

  const planOf = async (sql: string, values: Parameters<typeof database.rows>[1]): Promise<Plan> => {
    const plan = await database.rows<Plan>(`EXPLAIN ${sql}`, values);
    expect(plan).toHaveLength(1);
    return plan[0]!;
  };
  const plans = [
    await planOf('SELECT registered_at FROM device WHERE (app_id, cid) IN (?)', [pairs]),
    await planOf('SELECT bound_at FROM alias WHERE (app_id, cid) IN (?)', [pairs]),
    await planOf('SELECT bound_at FROM alias WHERE (app_id, alias) IN (?) ORDER BY bound_at', [pairs]),
    await planOf('SELECT event FROM push_event WHERE day = 0 AND (app_id, task_id, cid, event) IN (?)', [events]),
    await planOf('DELETE FROM alias WHERE app_id = ? AND cid IN (?) AND (cid, alias) IN (?)', [
      'app1',
      cids,
      cids.map((cid) => [cid, cid]),
    ]),
    await planOf('UPDATE device SET last_login_at = 1 WHERE app_id = ? AND cid IN (?)', ['app1', cids]),
  ];
  for (const plan of plans) {
    expect(plan).toMatchObject({ type: 'range' });
    expect(Number(plan.rows)).toBeLessThan(rows / 10);
  }
});
