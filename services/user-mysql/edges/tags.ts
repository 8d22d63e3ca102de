import { LongwireError } from '../../common/errors.ts';
import type { tagCalls as contract } from '../../common/protocol/tag-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { tagLength } from '../../common/tag-rules.ts';
import { type TagUse, tagUseOf, withinLimits } from '../core/tag-limits.ts';
import { candidatesQuery, countQuery } from '../core/tag-query.ts';
import type { Database, Session } from '../database.ts';

/** Candidates of one statement that counts. */
const countSlice = 20_000;
/** A call that counts stops after this long; its caller goes on with the next. */
const countMs = 1_000;

export function tagCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async setTags({ app, cid, tags: given }) {
      const tags = [...new Set(given)].sort();
      if (!withinLimits(tagUseOf(tags))) throw new LongwireError('bad_request', 'too many tags', { field: 'tags' });
      await database.transaction(async (session) => {
        const [known] = await lockDevices(session, app, [cid]);
        if (known === undefined) throw new LongwireError('not_found', 'no such device', { field: 'cid' });
        if (tags.length === 0) await session.run('DELETE FROM tag WHERE app_id = ? AND cid = ?', [app, cid]);
        else await session.run('DELETE FROM tag WHERE app_id = ? AND cid = ? AND tag NOT IN (?)', [app, cid, tags]);
        await insert(
          session,
          tags.map((tag) => [app, tag, cid]),
        );
      });
      return {};
    },

    async addTag({ app, tag, cids }) {
      const done = await database.transaction(async (session) => {
        const known = await lockDevices(session, app, cids);
        if (known.length === 0) return [];
        const fit = await withRoomFor(session, app, tag, known);
        await insert(
          session,
          fit.map((cid) => [app, tag, cid]),
        );
        return fit;
      });
      return { done };
    },

    async removeTag({ app, tag, cids }) {
      await database.transaction((session) =>
        session.run('DELETE FROM tag WHERE app_id = ? AND tag = ? AND cid IN (?)', [app, tag, cids.toSorted()]),
      );
      return {};
    },

    async tagsOf({ items }) {
      const rows = await database.rows<{ app: string; cid: string; tag: string }>(
        'SELECT app_id AS app, cid, tag FROM tag WHERE (app_id, cid) IN (?) ORDER BY tag',
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = Map.groupBy(rows, ({ app, cid }) => `${app}\n${cid}`);
      return {
        results: items.map(({ app, cid }) => ({ tags: (found.get(`${app}\n${cid}`) ?? []).map(({ tag }) => tag) })),
      };
    },

    async tagPage({ app, where, after, limit }) {
      const { text, values } = candidatesQuery(app, where, after, limit);
      const rows = await database.rows<{ cid: string; fits: number }>(text, values);
      const next = rows.length < limit ? null : rows.at(-1)!.cid;
      return { cids: rows.filter(({ fits }) => Number(fits) === 1).map(({ cid }) => cid), next };
    },

    async tagCount({ app, where, after }) {
      const end = now() + countMs;
      let count = 0;
      let next = after;
      do {
        const { text, values } = countQuery(app, where, next, countSlice);
        const [row] = await database.rows<{ seen: number; fitting: number | null; last: string | null }>(text, values);
        count += Number(row?.fitting ?? 0);
        next = row && row.seen >= countSlice ? row.last : null;
      } while (next !== null && now() < end);
      return { count, next };
    },
  };
}

/**
 * Locks the rows of devices, so that whoever changes a device's tags sees what the one before has done.
 *
 * @returns those that the app has, in order.
 */
async function lockDevices(session: Session, app: string, cids: string[]): Promise<string[]> {
  const sorted = [...new Set(cids)].sort();
  const rows = await session.rows<{ cid: string }>(
    'SELECT cid FROM device WHERE app_id = ? AND cid IN (?) ORDER BY cid FOR UPDATE',
    [app, sorted],
  );
  return rows.map(({ cid }) => cid);
}

/** The devices that have the tag already or may still get it. */
async function withRoomFor(session: Session, app: string, tag: string, cids: string[]): Promise<string[]> {
  const rows = await session.rows<{ cid: string; count: number; length: number; has: number }>(
    `SELECT cid, COUNT(*) AS count, SUM(CHAR_LENGTH(tag)) AS length, SUM(tag = ?) AS has
     FROM tag WHERE app_id = ? AND cid IN (?) GROUP BY cid`,
    [tag, app, cids],
  );
  const used = new Map(rows.map((row) => [row.cid, row]));
  return cids.filter((cid) => {
    const row = used.get(cid);
    if (Number(row?.has ?? 0) > 0) return true;
    const use: TagUse = { count: Number(row?.count ?? 0) + 1, length: Number(row?.length ?? 0) + tagLength(tag) };
    return withinLimits(use);
  });
}

async function insert(session: Session, rows: [string, string, string][]): Promise<void> {
  if (rows.length === 0) return;
  await session.run('INSERT INTO tag (app_id, tag, cid) VALUES ? ON DUPLICATE KEY UPDATE cid = VALUES(cid)', [rows]);
}
