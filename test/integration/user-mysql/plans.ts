import type { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';

/** A table that a statement reads, and how, as both MariaDB and MySQL say it. */
export interface Plan {
  /** `<derived2>` and the like for what is no table. */
  table: string | null;
  /** `range`, `ref`, `eq_ref`, `ALL` and so on. */
  type: string;
  key: string | null;
  rows: number;
  /** Those that it reads, by commas; null for a table that has none. */
  partitions: string | null;
  Extra: string | null;
}

/** What the server would do for a statement, a row for each table. MySQL has several forms of it, and 9 another one by default. */
export async function plansOf(
  database: MysqlDatabase,
  sql: string,
  values?: Parameters<MysqlDatabase['rows']>[1],
): Promise<Plan[]> {
  const [{ version }] = (await database.rows<{ version: string }>('SELECT VERSION() AS version')) as [
    { version: string },
  ];
  const explain = version.includes('MariaDB') ? 'EXPLAIN PARTITIONS' : 'EXPLAIN FORMAT=TRADITIONAL';
  const plans = await database.rows<Plan>(`${explain} ${sql}`, values);
  return plans.map((plan) => ({ ...plan, rows: Number(plan.rows) }));
}
