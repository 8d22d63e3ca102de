import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type Binding, checkAliasLimit, distinctBindings, lockBucketsOf, storedAlias } from '../core/alias-plan.ts';
import { byKey } from '../core/order.ts';
import type { Database } from '../database.ts';

type AliasCalls = Pick<
  Handlers<UserMysqlCalls>,
  'bindAliases' | 'unbindAliases' | 'dropAlias' | 'aliasesOf' | 'cidsOf'
>;

export function aliasCalls(database: Database, now: () => number): AliasCalls {
  return {
    async bindAliases({ app, list }) {
      await bind(database, app, distinctBindings(list), now());
      return {};
    },

    async unbindAliases({ app, list }) {
      const pairs = list.map(({ cid, alias }): [string, string] => [cid, storedAlias(alias)]);
      const cids = pairs.map(([cid]) => cid);
      // The cids alone lead to the rows, by their unique key; the pairs only filter them.
      await database.transaction((session) =>
        session.run('DELETE FROM alias WHERE app_id = ? AND cid IN (?) AND (cid, alias) IN (?)', [app, cids, pairs]),
      );
      return {};
    },

    async dropAlias({ app, alias }) {
      await database.transaction((session) =>
        session.run('DELETE FROM alias WHERE app_id = ? AND alias = ?', [app, storedAlias(alias)]),
      );
      return {};
    },

    async aliasesOf({ items }) {
      const rows = await database.rows<Binding & { app: string }>(
        'SELECT app_id AS app, cid, alias FROM alias WHERE (app_id, cid) IN (?)',
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = new Map(rows.map(({ app, cid, alias }) => [`${app}\n${cid}`, alias]));
      return { results: items.map(({ app, cid }) => ({ alias: found.get(`${app}\n${cid}`) ?? null })) };
    },

    async cidsOf({ items }) {
      const keys = items.map(({ app, alias }): [string, string] => [app, storedAlias(alias)]);
      const rows = await database.rows<Binding & { app: string }>(
        `SELECT app_id AS app, alias, cid FROM alias WHERE (app_id, alias) IN (?) ORDER BY bound_at, bound_no, cid`,
        [keys],
      );
      const found = Map.groupBy(rows, ({ app, alias }) => `${app}\n${alias}`);
      return {
        results: keys.map(([app, alias]) => ({ cids: (found.get(`${app}\n${alias}`) ?? []).map(({ cid }) => cid) })),
      };
    },
  };
}

/**
 * Binders of one alias pass one after another, through its lock row, so each counts what the one before has bound. A
 * cid that moves away meanwhile only makes room.
 */
async function bind(database: Database, app: string, wanted: Binding[], at: number): Promise<void> {
  const buckets = lockBucketsOf(wanted);
  const aliases = [...new Set(wanted.map(({ alias }) => alias))];
  const rows = wanted
    .map(({ cid, alias }, index): [string, string, string, number, number] => [app, alias, cid, at, index])
    .sort(byKey(([, , cid]) => cid));
  await database.transaction(async (session) => {
    await session.run(
      'INSERT INTO alias_lock (app_id, bucket) VALUES ? ON DUPLICATE KEY UPDATE bucket = VALUES(bucket)',
      [buckets.map((bucket) => [app, bucket])],
    );
    const bound = await session.rows<Binding>('SELECT alias, cid FROM alias WHERE app_id = ? AND alias IN (?)', [
      app,
      aliases,
    ]);
    checkAliasLimit(bound, wanted);
    // A binding that is there already keeps its age. The order of the assignments matters: alias last.
    await session.run(
      `INSERT INTO alias (app_id, alias, cid, bound_at, bound_no) VALUES ? ON DUPLICATE KEY UPDATE
         bound_at = IF(alias = VALUES(alias), bound_at, VALUES(bound_at)),
         bound_no = IF(alias = VALUES(alias), bound_no, VALUES(bound_no)),
         alias = VALUES(alias)`,
      [rows],
    );
  });
}
