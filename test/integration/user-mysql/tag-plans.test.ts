import { expect, test } from 'vitest';
import type { TagWhere } from '../../../services/common/protocol/tag-calls.ts';
import { candidatesQuery } from '../../../services/user-mysql/core/tag-query.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';
import { plansOf } from './plans.ts';

const app = 'app1';
const pageSize = 1_000;

const tag = (opt: 'or' | 'and' | 'not', ...values: string[]) => ({ key: 'custom_tag' as const, opt, values });

test('a page of 1,000 from a tag of 100,000 devices reads a range of an index, and not the rest of it', async () => {
  const { database } = await migratedDatabase();
  const digits =
    'SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
  const numbers = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS i
    FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e, (${digits}) f`;
  const cid = "LPAD(LOWER(HEX(i)), 32, '0')";
  await database.run(
    `INSERT INTO device (app_id, cid, platform, registered_at) SELECT 'app1', ${cid}, 'ios', 1 FROM (${numbers}) x`,
  );
  await database.run(`INSERT INTO tag (app_id, tag, cid) SELECT 'app1', 'all', ${cid} FROM (${numbers}) x`);
  await database.run(
    `INSERT INTO tag (app_id, tag, cid) SELECT 'app1', 'few', ${cid} FROM (${numbers}) x WHERE i % 1000 = 0`,
  );
  for (const table of ['device', 'tag']) await database.rows(`ANALYZE TABLE ${table}`);

  const cases: [TagWhere, number][] = [
    [[tag('or', 'all')], pageSize],
    [[tag('or', 'all', 'few')], pageSize],
    [[tag('and', 'all', 'few')], 1],
    [[tag('or', 'all'), tag('not', 'few'), { key: 'phone_type', opt: 'or', values: ['ios'] }], pageSize - 1],
    [[{ key: 'phone_type', opt: 'or', values: ['android'] }], 0],
  ];
  for (const [where, fitting] of cases) {
    const { text, values } = candidatesQuery(app, where, cidOf(50_000), pageSize);
    const plan = await plansOf(database, text, values);
    const ranges = plan.filter(({ type }) => type === 'range');
    expect(ranges.length).toBeGreaterThan(0);
    for (const range of ranges) {
      expect(range).toMatchObject({ key: 'PRIMARY' });
      expect(range.Extra).not.toMatch(/filesort|temporary/i);
    }
    // Nothing but those ranges, what they gave, and look-ups by key.
    const scanned = plan.filter(({ type, table }) => type === 'ALL' && !/^<(derived|union)/.test(table ?? ''));
    expect(scanned).toEqual([]);

    const read = await database.session(async (session) => {
      const reads = async (): Promise<number> => {
        const rows = await session.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read_%'");
        return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
      };
      const before = await reads();
      const rows = await session.rows<{ fits: number }>(text, values);
      expect(rows.filter(({ fits }) => Number(fits) === 1)).toHaveLength(fitting);
      return (await reads()) - before;
    });
    // Candidates, their copies in temporary tables, and a look-up of a few rows for each term.
    expect(read).toBeLessThan(pageSize * 10);
  }
});
