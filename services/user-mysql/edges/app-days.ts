import type { userReportCalls as contract } from '../../common/protocol/user-report-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { dayMs, dayOf } from '../core/days.ts';
import { byKey, slices } from '../core/order.ts';
import type { Database, Session } from '../database.ts';

/** What is new of an app's day. */
export interface DayCount {
  app: string;
  /** Days since the epoch, UTC. */
  day: number;
  registered: number;
  active: number;
}

/** `SUM` is text to the driver. */
type Sum = string | number | null;

const rowsAtOnce = 500;

/** Figures of an app's devices by day: kept as counters, so that a report costs the same in ten years. */
export function appDayCalls(database: Database): Pick<Handlers<typeof contract>, 'userDay'> {
  return {
    async userDay({ app, from }) {
      const day = dayOf(from);
      const [row] = await database.rows<Record<'total' | 'registered' | 'active' | 'online', Sum>>(
        `SELECT SUM(earlier + registered) AS total, SUM(IF(day = ?, registered, 0)) AS registered,
           SUM(IF(day = ?, active, 0)) AS active, SUM(IF(day = ?, online, 0)) AS online
         FROM app_day WHERE app_id = ? AND day <= ?`,
        [day, day, day, app, day],
      );
      // The peak is noted when the day's points go; until then they say it.
      const [peak] = await database.rows<{ n: Sum }>(
        `SELECT MAX(p.n) AS n FROM (SELECT SUM(n) AS n FROM online_point
           WHERE app_id = ? AND point_at >= ? AND point_at < ? GROUP BY point_at) p`,
        [app, from, from + dayMs],
      );
      return {
        total: Number(row?.total ?? 0),
        registered: Number(row?.registered ?? 0),
        active: Number(row?.active ?? 0),
        online: Math.max(Number(row?.online ?? 0), Number(peak?.n ?? 0)),
      };
    },
  };
}

/** Adds to the days' figures. Last in a transaction: others that count for the same app and day wait for its end. */
export async function addToDays(session: Session, counts: DayCount[]): Promise<void> {
  // Rows are locked in one order everywhere.
  const sorted = counts.toSorted(byKey(({ app, day }) => `${app}\n${day}`));
  for (const some of slices(sorted, rowsAtOnce)) {
    await session.run(
      `INSERT INTO app_day (app_id, day, registered, active) VALUES ? ON DUPLICATE KEY UPDATE
         registered = registered + VALUES(registered), active = active + VALUES(active)`,
      [some.map(({ app, day, registered, active }) => [app, day, registered, active])],
    );
  }
}
