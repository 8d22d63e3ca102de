import type { App, UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';

interface AppRow extends Omit<App, 'disabled'> {
  disabled: number;
}

export function appCalls(database: Database, now: () => number): Pick<Handlers<UserMysqlCalls>, 'app' | 'putApp'> {
  return {
    async app({ appId }) {
      const [row] = await database.rows<AppRow>(
        `SELECT app_id AS appId, app_key AS appKey, master_secret AS masterSecret, app_secret AS appSecret, name, disabled
         FROM app WHERE app_id = ?`,
        [appId],
      );
      return { app: row === undefined ? null : { ...row, disabled: row.disabled !== 0 } };
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
