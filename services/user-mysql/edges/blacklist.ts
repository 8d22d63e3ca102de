import type { blacklistCalls as contract } from '../../common/protocol/black-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';

export function blacklistCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async addToBlacklist({ app, cids }) {
      const at = now();
      const rows = [...new Set(cids)].sort().map((cid): [string, string, number] => [app, cid, at]);
      // One that is there keeps its time.
      await database.transaction((session) =>
        session.run(
          `INSERT INTO blacklist (app_id, cid, added_at) VALUES ? ON DUPLICATE KEY UPDATE added_at = added_at`,
          [rows],
        ),
      );
      return {};
    },

    async takeFromBlacklist({ app, cids }) {
      await database.transaction((session) =>
        session.run('DELETE FROM blacklist WHERE app_id = ? AND cid IN (?)', [app, cids.toSorted()]),
      );
      return {};
    },

    async blacklisted({ items }) {
      const rows = await database.rows<{ app: string; cid: string }>(
        'SELECT app_id AS app, cid FROM blacklist WHERE (app_id, cid) IN (?)',
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = new Set(rows.map(({ app, cid }) => `${app}\n${cid}`));
      return { results: items.map(({ app, cid }) => ({ blacklisted: found.has(`${app}\n${cid}`) })) };
    },
  };
}
