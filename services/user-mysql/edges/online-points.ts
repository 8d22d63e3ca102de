import { type userReportCalls as contract, maxOnlinePoints } from '../../common/protocol/user-report-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';

/** How many devices were online, as CM nodes say it point by point. */
export function onlinePointCalls(database: Database): Pick<Handlers<typeof contract>, 'noteOnline' | 'onlinePoints'> {
  return {
    async noteOnline({ items }) {
      await database.run(
        'INSERT INTO online_point (app_id, point_at, node, n) VALUES ? ON DUPLICATE KEY UPDATE n = online_point.n',
        [items.map(({ app, at, node, n }) => [app, at, node, n])],
      );
      return { results: items.map(() => ({})) };
    },

    async onlinePoints({ app, after }) {
      const rows = await database.rows<{ at: number; n: string | number }>(
        `SELECT point_at AS at, SUM(n) AS n FROM online_point WHERE app_id = ? AND point_at > ?
         GROUP BY point_at ORDER BY point_at DESC LIMIT ${maxOnlinePoints}`,
        [app, after],
      );
      return { points: rows.map(({ at, n }) => ({ at, n: Number(n) })).reverse() };
    },
  };
}
