import { type ActiveDays, withActiveDay } from '../core/active-days.ts';
import { dayOf } from '../core/days.ts';
import type { LatestLogin } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import type { Session } from '../database.ts';
import type { DayCount } from './app-days.ts';

interface LoginRow {
  cid: string;
  at: number | null;
  day: number;
  bits: number;
}

interface Noted {
  at: number;
  days: ActiveDays;
}

const loginsAtOnce = 500;

/**
 * Raises when devices last logged in, and notes the days on which they did; a time before the one noted changes nothing, nor
 * does an unknown device. In a transaction: the rows stay locked, so that each device is new to a day once.
 *
 * @param logins sorted by app and cid, those of one device by day.
 * @returns how many devices are new to each app's day.
 */
export async function noteLogins(session: Session, logins: LatestLogin[]): Promise<DayCount[]> {
  const counts = new Map<string, DayCount>();
  for (const [app, ofApp] of Map.groupBy(logins, (login) => login.app)) {
    for (const some of slices(ofApp, loginsAtOnce)) {
      for (const day of await noteSome(session, app, some)) {
        const key = `${app}\n${day}`;
        const count = counts.get(key) ?? { app, day, registered: 0, active: 0 };
        count.active++;
        counts.set(key, count);
      }
    }
  }
  return [...counts.values()];
}

/** @returns the day of each device that is new to it. */
async function noteSome(session: Session, app: string, logins: LatestLogin[]): Promise<number[]> {
  const rows = await session.rows<LoginRow>(
    `SELECT cid, last_login_at AS at, active_day AS day, active_bits AS bits FROM device
     WHERE app_id = ? AND cid IN (?) FOR UPDATE`,
    [app, logins.map(({ cid }) => cid)],
  );
  const known = new Map<string, Noted>(
    rows.map(({ cid, at, day, bits }) => [cid, { at: at ?? 0, days: { last: day, bits } }]),
  );
  const fresh: number[] = [];
  for (const { cid, at } of logins) {
    const noted = known.get(cid);
    if (!noted) continue;
    const next = withActiveDay(noted.days, dayOf(at));
    if (next.fresh) fresh.push(dayOf(at));
    known.set(cid, { at: Math.max(noted.at, at), days: next.days });
  }
  if (known.size === 0) return fresh;
  // The rows are there and locked: none is inserted.
  await session.run(
    `INSERT INTO device (app_id, cid, platform, registered_at, last_login_at, active_day, active_bits) VALUES ?
     ON DUPLICATE KEY UPDATE last_login_at = VALUES(last_login_at), active_day = VALUES(active_day),
       active_bits = VALUES(active_bits)`,
    [[...known].map(([cid, { at, days }]) => [app, cid, '', 0, at, days.last, days.bits])],
  );
  return fresh;
}
