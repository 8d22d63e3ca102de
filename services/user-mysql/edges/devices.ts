import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { LatestLogin } from '../core/merge-receipts.ts';
import { byKey, slices } from '../core/order.ts';
import type { Database, Session } from '../database.ts';

interface DeviceRow {
  app: string;
  cid: string;
  registeredAt: number;
  lastLoginAt: number | null;
}

/** Devices of one UPDATE: it looks through as many cases for each. */
const loginsAtOnce = 250;

export function deviceCalls(database: Database): Pick<Handlers<UserMysqlCalls>, 'registerDevices' | 'devices'> {
  return {
    async registerDevices({ items }) {
      // Rows are locked in the order given: the same everywhere, so that two batches don't wait for each other in a ring.
      const sorted = items.toSorted(byKey(({ app, cid }) => `${app}\n${cid}`));
      await database.transaction((session) =>
        session.run(
          `INSERT INTO device (app_id, cid, platform, model, os, sdk, registered_at) VALUES ?
           ON DUPLICATE KEY UPDATE platform = VALUES(platform), model = VALUES(model), os = VALUES(os), sdk = VALUES(sdk)`,
          [
            sorted.map(({ app, cid, device, at }) => [
              ...[app, cid, device.platform, device.model ?? null, device.os ?? null, device.sdk ?? null, at],
            ]),
          ],
        ),
      );
      return { results: items.map(() => ({})) };
    },

    async devices({ items }) {
      const rows = await database.rows<DeviceRow>(
        `SELECT app_id AS app, cid, registered_at AS registeredAt, last_login_at AS lastLoginAt
         FROM device WHERE (app_id, cid) IN (?)`,
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = new Map(
        rows.map(({ app, cid, registeredAt, lastLoginAt }) => [`${app}\n${cid}`, { registeredAt, lastLoginAt }]),
      );
      return { results: items.map(({ app, cid }) => found.get(`${app}\n${cid}`) ?? null) };
    },
  };
}

/** Raises when devices last logged in; a time before the one noted changes nothing, nor does an unknown device. */
export async function noteLogins(session: Session, logins: LatestLogin[]): Promise<void> {
  for (const [app, ofApp] of Map.groupBy(logins, (login) => login.app)) {
    for (const some of slices(ofApp, loginsAtOnce)) {
      const cases = some.map(() => 'WHEN ? THEN ?').join(' ');
      await session.run(
        `UPDATE device SET last_login_at = GREATEST(COALESCE(last_login_at, 0), CASE cid ${cases} END)
         WHERE app_id = ? AND cid IN (?)`,
        [...some.flatMap(({ cid, at }) => [cid, at]), app, some.map(({ cid }) => cid)],
      );
    }
  }
}
