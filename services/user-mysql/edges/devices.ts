import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { dayOf } from '../core/days.ts';
import { byKey } from '../core/order.ts';
import type { Database, Session } from '../database.ts';
import { addToDays, type DayCount } from './app-days.ts';

interface DeviceRow {
  app: string;
  cid: string;
  registeredAt: number;
  lastLoginAt: number | null;
}

type Registration = Parameters<Handlers<UserMysqlCalls>['registerDevices']>[0]['items'][number];

const columns = 'app_id, cid, platform, model, os, sdk, registered_at';

export function deviceCalls(database: Database): Pick<Handlers<UserMysqlCalls>, 'registerDevices' | 'devices'> {
  return {
    async registerDevices({ items }) {
      // Rows are locked in the order given: the same everywhere, so that two batches don't wait for each other in a ring.
      const sorted = items.toSorted(byKey(({ app, cid }) => `${app}\n${cid}`));
      await database.transaction(async (session) => {
        const added: DayCount[] = [];
        for (const some of Map.groupBy(sorted, ({ app, at }) => `${app}\n${dayOf(at)}`).values()) {
          added.push(await insertNew(session, some));
        }
        const registered = added.reduce((sum, one) => sum + one.registered, 0);
        if (registered < sorted.length) {
          await session.run(
            `INSERT INTO device (${columns}) VALUES ? ON DUPLICATE KEY UPDATE
               platform = VALUES(platform), model = VALUES(model), os = VALUES(os), sdk = VALUES(sdk)`,
            [sorted.map(rowOf)],
          );
        }
        await addToDays(
          session,
          added.filter(({ registered }) => registered > 0),
        );
      });
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

/** Adds those of one app and day that are not there. Only the server can say how many these were, whoever else adds them. */
async function insertNew(session: Session, some: Registration[]): Promise<DayCount> {
  await session.run(`INSERT IGNORE INTO device (${columns}) VALUES ?`, [some.map(rowOf)]);
  const [row] = await session.rows<{ n: number }>('SELECT ROW_COUNT() AS n');
  return { app: some[0]!.app, day: dayOf(some[0]!.at), registered: row?.n ?? 0, active: 0 };
}

function rowOf({ app, cid, device, at }: Registration) {
  return [app, cid, device.platform, device.model ?? null, device.os ?? null, device.sdk ?? null, at];
}
