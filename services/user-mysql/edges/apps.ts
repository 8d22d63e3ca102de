import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';
import { findApp } from './app-admin.ts';

export function appCalls(
  database: Database,
  now: () => number,
): Pick<Handlers<UserMysqlCalls>, 'app' | 'putApp' | 'anyCallback'> {
  return {
    async app({ appId }) {
      return { app: await findApp(database, appId) };
    },

    async anyCallback() {
      const [row] = await database.rows<{ found: number }>(
        `SELECT EXISTS (SELECT 1 FROM app_setting s JOIN app a ON a.app_id = s.app_id
           WHERE s.callback_url IS NOT NULL AND a.disabled = 0) AS found`,
      );
      return { any: row!.found === 1 };
    },

    async putApp({ appId, appKey, masterSecret, appSecret, name, disabled }) {
      await database.run(
        `INSERT INTO app (app_id, app_key, master_secret, app_secret, name, disabled, created_at) VALUES ?
         ON DUPLICATE KEY UPDATE app_key = VALUES(app_key), master_secret = VALUES(master_secret),
           app_secret = VALUES(app_secret), name = VALUES(name), disabled = VALUES(disabled)`,
        [[[appId, appKey, masterSecret, appSecret, name, disabled ? 1 : 0, now()]]],
      );
      return {};
    },
  };
}
