import { expect, test } from 'vitest';
import { maxBatchItems } from '../../../services/common/rpc/contract.ts';
import { migratedDatabase } from './fixtures.ts';
import { type Plan, plansOf } from './plans.ts';

/** The largest batches against tables that are large beside them: a scan would show. */
const rows = 20_000;

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
    `INSERT INTO delivery (app_id, task_id, cid, day, target_at)
     SELECT 'app1', CONCAT('task', 100 + FLOOR(i / 200)), LPAD(HEX(i), 32, '0'), 0, 1 FROM (${numbers}) x`,
  );
  await database.run(
    `INSERT INTO custom_event (app_id, task_id, cid, event, day, at)
     SELECT app_id, task_id, cid, 'custom:90001', day, 1 FROM delivery`,
  );
  await database.run(
    `INSERT INTO channel (app_id, cid, kind, subscription, set_at) SELECT 'app1', LPAD(HEX(i), 32, '0'), 'webpush', CONCAT('s', i), 1 FROM (${numbers}) x`,
  );
  for (const table of ['device', 'alias', 'delivery', 'custom_event', 'channel'])
    await database.rows(`ANALYZE TABLE ${table}`);
  const keys = await database.rows<{ cid: string; task: string }>(
    `SELECT cid, task_id AS task FROM delivery ORDER BY REVERSE(cid) LIMIT ${maxBatchItems}`,
  );
  const pairs = keys.map(({ cid }) => ['app1', cid]);
  const cids = keys.map(({ cid }) => cid);
  const devices = keys.slice(0, 500).map(({ cid, task }) => ['app1', task, cid]);
  const events = devices.map((device) => [...device, 'custom:90001']);

  const planOf = async (sql: string, values: Parameters<typeof database.rows>[1]): Promise<Plan> => {
    const plan = await plansOf(database, sql, values);
    expect(plan).toHaveLength(1);
    return plan[0]!;
  };
  const plans = [
    await planOf('SELECT registered_at FROM device WHERE (app_id, cid) IN (?)', [pairs]),
    await planOf('SELECT bound_at FROM alias WHERE (app_id, cid) IN (?)', [pairs]),
    await planOf('SELECT bound_at FROM alias WHERE (app_id, alias) IN (?) ORDER BY bound_at', [pairs]),
    await planOf('SELECT target_at FROM delivery WHERE day = 0 AND (app_id, task_id, cid) IN (?) FOR UPDATE', [
      devices,
    ]),
    await planOf('SELECT event FROM custom_event WHERE day = 0 AND (app_id, task_id, cid, event) IN (?)', [events]),
    await planOf('DELETE FROM alias WHERE app_id = ? AND cid IN (?) AND (cid, alias) IN (?)', [
      'app1',
      cids,
      cids.map((cid) => [cid, cid]),
    ]),
    await planOf('SELECT subscription FROM channel WHERE (app_id, cid) IN (?)', [pairs]),
    await planOf('SELECT cid FROM channel WHERE app_id = ? AND kind = ? AND subscription = ? AND cid <> ? LIMIT 1000', [
      ...['app1', 'webpush', 's77', cids[0]!],
    ]),
    await planOf('DELETE FROM channel WHERE (app_id, cid, kind) IN (?) AND (app_id, cid, kind, subscription) IN (?)', [
      cids.map((cid) => ['app1', cid, 'webpush']),
      cids.map((cid) => ['app1', cid, 'webpush', 's']),
    ]),
    await planOf('UPDATE device SET last_login_at = 1 WHERE app_id = ? AND cid IN (?)', ['app1', cids]),
  ];
  for (const plan of plans) {
    expect(['range', 'ref'], JSON.stringify(plan)).toContain(plan.type);
    expect(plan.rows).toBeLessThan(rows / 10);
  }
});

test('reports of devices read an app’s days and points, and what is over is found by an index', async () => {
  const { database } = await migratedDatabase();
  const numbers = `WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 199)
    SELECT a.i AS a, b.i AS b FROM n a, (SELECT i FROM n WHERE i < 100) b`;
  await database.run(`INSERT INTO online_point SELECT CONCAT('app', a), b * 600000, 'n1', 1 FROM (${numbers}) x`);
  await database.run(`INSERT INTO app_day (app_id, day) SELECT CONCAT('app', a), b FROM (${numbers}) x`);
  await database.run(
    `INSERT INTO saved_task (app_id, task_id, kind, created_at, expires_at, \`stored\`, content)
     SELECT CONCAT('app', a), b, 'list', 1, b, 1, '{}' FROM (${numbers}) x`,
  );
  for (const table of ['online_point', 'app_day', 'saved_task']) await database.rows(`ANALYZE TABLE ${table}`);
  for (const sql of [
    "SELECT SUM(earlier + registered) FROM app_day WHERE app_id = 'app7' AND day <= 50",
    "SELECT SUM(n) FROM online_point WHERE app_id = 'app7' AND point_at > 10 GROUP BY point_at ORDER BY point_at DESC LIMIT 1440",
    'SELECT task_id FROM saved_task WHERE expires_at < 5 LIMIT 1000',
    'DELETE FROM saved_task WHERE expires_at < 5 LIMIT 1000',
    'DELETE FROM online_point WHERE point_at < 600000 LIMIT 1000',
  ]) {
    for (const plan of await plansOf(database, sql)) {
      expect(plan.type).toBe('range');
      expect(plan.rows).toBeLessThan(rows / 10);
    }
  }
});
