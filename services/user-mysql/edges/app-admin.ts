import { LongwireError } from '../../common/errors.ts';
import type { App } from '../../common/protocol/app.ts';
import type { AppSummary } from '../../common/protocol/app-calls.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type AppRow, appOf, changedQuotas } from '../core/app-row.ts';
import type { Database, Session } from '../database.ts';

type AppAdminCalls = Pick<
  Handlers<UserMysqlCalls>,
  'createApp' | 'listApps' | 'appSummaries' | 'rotateSecret' | 'changeApp'
>;

const readApp = `SELECT a.app_id AS appId, a.app_key AS appKey, a.master_secret AS masterSecret, a.app_secret AS appSecret,
    a.name, a.disabled, s.old_master_secret AS oldMasterSecret, s.old_master_until AS oldMasterUntil,
    s.old_app_secret AS oldAppSecret, s.old_app_until AS oldAppUntil, s.quotas, s.callback_url AS callbackUrl,
    (SELECT GROUP_CONCAT(c.kind ORDER BY c.kind) FROM app_channel c WHERE c.app_id = a.app_id) AS channels
  FROM app a LEFT JOIN app_setting s ON s.app_id = a.app_id WHERE a.app_id = ?`;

const columnsOf = {
  master: { secret: 'master_secret', old: 'old_master_secret', until: 'old_master_until' },
  app: { secret: 'app_secret', old: 'old_app_secret', until: 'old_app_until' },
} as const;

export async function findApp(session: Session, appId: string): Promise<App | null> {
  const [row] = await session.rows<AppRow>(readApp, [appId]);
  return row === undefined ? null : appOf(row);
}

/** What an operator does with apps. Changes of one app pass one after another, through its row. */
export function appAdminCalls(database: Database, now: () => number): AppAdminCalls {
  return {
    async createApp({ appId, appKey, masterSecret, appSecret, name, disabled }) {
      await database.run(
        `INSERT INTO app (app_id, app_key, master_secret, app_secret, name, disabled, created_at) VALUES ?
         ON DUPLICATE KEY UPDATE app_id = VALUES(app_id)`,
        [[[appId, appKey, masterSecret, appSecret, name, disabled ? 1 : 0, now()]]],
      );
      const app = await findApp(database, appId);
      if (app !== null && app.appKey !== appKey) {
        throw new LongwireError('conflict', 'another app has this id', { field: 'appId' });
      }
      return { app };
    },

    async listApps({ after, limit }) {
      const rows = await database.rows<Omit<AppSummary, 'disabled'> & { disabled: number }>(
        // A number that the contract has checked; a placeholder here is refused by one of the servers.
        `SELECT app_id AS appId, name, disabled, created_at AS createdAt FROM app WHERE app_id > ?
         ORDER BY app_id LIMIT ${limit}`,
        [after],
      );
      return { apps: rows.map((row) => ({ ...row, disabled: row.disabled !== 0 })) };
    },

    async appSummaries({ items }) {
      const rows = await database.rows<Omit<AppSummary, 'disabled'> & { disabled: number }>(
        'SELECT app_id AS appId, name, disabled, created_at AS createdAt FROM app WHERE app_id IN (?)',
        [items.map(({ appId }) => appId)],
      );
      const found = new Map(rows.map((row) => [row.appId, { ...row, disabled: row.disabled !== 0 }]));
      return { results: items.map(({ appId }) => ({ app: found.get(appId) ?? null })) };
    },

    async rotateSecret({ appId, which, secret, graceMs }) {
      const columns = columnsOf[which];
      return changed(database, appId, async (session, app) => {
        const current = which === 'master' ? app.masterSecret : app.appSecret;
        if (current === secret) return;
        await session.run(`UPDATE app SET ${columns.secret} = ? WHERE app_id = ?`, [secret, appId]);
        await session.run(
          `INSERT INTO app_setting (app_id, ${columns.old}, ${columns.until}) VALUES ?
           ON DUPLICATE KEY UPDATE ${columns.old} = VALUES(${columns.old}), ${columns.until} = VALUES(${columns.until})`,
          [[[appId, current, now() + graceMs]]],
        );
      });
    },

    async changeApp({ appId, disabled, quotas, callbackUrl }) {
      return changed(database, appId, async (session, app) => {
        if (disabled !== undefined)
          await session.run('UPDATE app SET disabled = ? WHERE app_id = ?', [disabled ? 1 : 0, appId]);
        if (quotas !== undefined) {
          const text = changedQuotas(app.quotas === undefined ? null : JSON.stringify(app.quotas), quotas);
          await set(session, appId, 'quotas', text);
        }
        if (callbackUrl !== undefined) await set(session, appId, 'callback_url', callbackUrl);
      });
    },
  };
}

/** Does the work while the app's row is locked, unless there is none. Answers the app afterwards. */
async function changed(
  database: Database,
  appId: string,
  work: (session: Session, app: App) => Promise<void>,
): Promise<{ app: App | null }> {
  return database.transaction(async (session) => {
    await session.rows('SELECT app_id FROM app WHERE app_id = ? FOR UPDATE', [appId]);
    const app = await findApp(session, appId);
    if (app === null) return { app };
    await work(session, app);
    return { app: await findApp(session, appId) };
  });
}

async function set(
  session: Session,
  appId: string,
  column: 'quotas' | 'callback_url',
  value: string | null,
): Promise<void> {
  await session.run(
    `INSERT INTO app_setting (app_id, ${column}) VALUES ? ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`,
    [[[appId, value]]],
  );
}
