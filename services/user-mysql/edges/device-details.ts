import { type deviceCalls as contract, maxBadge } from '../../common/protocol/device-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';

interface DetailRow {
  app: string;
  cid: string;
  platform: string;
  model: string | null;
  registeredAt: number;
  badge: number | null;
}

/** What upstreams ask of devices besides their logins. */
export function deviceDetailCalls(database: Database): Handlers<typeof contract> {
  return {
    async deviceDetails({ items }) {
      const rows = await database.rows<DetailRow>(
        `SELECT d.app_id AS app, d.cid AS cid, d.platform AS platform, d.model AS model,
           d.registered_at AS registeredAt, b.badge AS badge
         FROM device d LEFT JOIN device_badge b ON b.app_id = d.app_id AND b.cid = d.cid
         WHERE (d.app_id, d.cid) IN (?)`,
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = new Map(
        rows.map(({ app, cid, badge, ...detail }) => [`${app}\n${cid}`, { ...detail, badge: badge ?? 0 }]),
      );
      return { results: items.map(({ app, cid }) => found.get(`${app}\n${cid}`) ?? null) };
    },

    async changeBadges({ app, cids, change, to }) {
      const sorted = [...new Set(cids)].sort();
      const first = 'set' in to ? to.set : Math.max(0, to.add);
      const next = 'set' in to ? 'VALUES(badge)' : `LEAST(${maxBadge}, GREATEST(0, badge + ?))`;
      await database.transaction((session) =>
        session.run(
          // The order of the assignments matters: change_id last.
          `INSERT INTO device_badge (app_id, cid, badge, change_id) VALUES ? ON DUPLICATE KEY UPDATE
             badge = IF(change_id = VALUES(change_id), badge, ${next}), change_id = VALUES(change_id)`,
          [sorted.map((cid) => [app, cid, first, change]), ...('set' in to ? [] : [to.add])],
        ),
      );
      return {};
    },
  };
}
