import { dayOf, startOfDay } from '../core/days.ts';
import type { Database } from '../database.ts';
import { type CleanUpOptions, removeAll } from './clean-up.ts';

/** Full days whose points are kept besides today's: reports want the last 24 hours. */
const pointDays = 2;

/** Notes the peak of each day whose points are kept no more, and removes them. A peak only grows, so this may be done again. */
export async function keepPeaks(
  database: Database,
  { now, stopping }: Pick<CleanUpOptions, 'now' | 'stopping'>,
): Promise<void> {
  const firstDay = dayOf(now()) - pointDays;
  const [oldest] = await database.rows<{ at: number | null }>('SELECT MIN(point_at) AS at FROM online_point');
  if (oldest?.at == null) return;
  for (let day = dayOf(oldest.at); day < firstDay && !stopping(); day++) {
    const [from, to] = [startOfDay(day), startOfDay(day + 1)];
    await database.run(
      `INSERT INTO app_day (app_id, day, online)
       SELECT p.app_id, ?, MAX(p.n) FROM (SELECT app_id, SUM(n) AS n FROM online_point
         WHERE point_at >= ? AND point_at < ? GROUP BY app_id, point_at) p GROUP BY p.app_id
       ON DUPLICATE KEY UPDATE online = GREATEST(online, VALUES(online))`,
      [day, from, to],
    );
    await removeAll(database, { stopping }, 'online_point WHERE point_at < ?', [to]);
  }
}
