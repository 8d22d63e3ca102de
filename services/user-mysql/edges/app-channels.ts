import { Check, Clean } from 'typebox/value';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import {
  AppChannel,
  type AppCredentials,
  type appChannelCalls as contract,
} from '../../common/protocol/app-channel-calls.ts';
import { channelCredentials, maxCredentialsBytes, type VendorKind } from '../../common/protocol/channel-credentials.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Seal } from '../core/sealed.ts';
import { checkKeys, shownOf } from '../core/shown-credentials.ts';
import type { Database } from '../database.ts';

/** Rows that one round seals anew. */
const resealsAtOnce = 1_000;

interface Row {
  kind: VendorKind;
  sealed: string;
}

/** What apps send with by the channels of vendors: encrypted in the table, never in a log. */
export function appChannelCalls(
  database: Database,
  seal: Seal,
  now: () => number,
  log: Pick<Logger, 'error'>,
): Handlers<typeof contract> {
  return {
    async setAppChannel({ appId, channel }) {
      const { kind } = channel;
      const credentials = Clean(channelCredentials[kind], structuredClone(channel.credentials));
      const kept = { kind, credentials } as AppCredentials;
      checkKeys(kept);
      const text = JSON.stringify(credentials);
      if (Buffer.byteLength(text) > maxCredentialsBytes) {
        throw new LongwireError('bad_request', `credentials: at most ${maxCredentialsBytes} bytes`, {
          field: 'credentials',
        });
      }
      const sealed = seal.seal(text, [appId, kind]);
      if (sealed === undefined) {
        throw new LongwireError('unavailable', 'user-mysql has no channelSecretsKeys: credentials cannot be kept');
      }
      return database.transaction(async (session) => {
        const [app] = await session.rows('SELECT 1 FROM app WHERE app_id = ? LOCK IN SHARE MODE', [appId]);
        if (!app) throw new LongwireError('not_found', 'there is no such app', { field: 'appId' });
        const [before] = await session.rows<{ sealed: string; setAt: number }>(
          'SELECT sealed, set_at AS setAt FROM app_channel WHERE app_id = ? AND kind = ? FOR UPDATE',
          [appId, kind],
        );
        const isRepeat = before !== undefined && seal.open(before.sealed, [appId, kind]) === text;
        const set: AppChannel = { kind, setAt: isRepeat ? before.setAt : now(), shown: shownOf(kept) };
        if (isRepeat) return { channel: set };
        await session.run(
          `INSERT INTO app_channel (app_id, kind, sealed, hint, set_at) VALUES ?
           ON DUPLICATE KEY UPDATE sealed = VALUES(sealed), hint = VALUES(hint), set_at = VALUES(set_at)`,
          [[[appId, kind, sealed, JSON.stringify(set.shown), set.setAt]]],
        );
        return { channel: set };
      });
    },

    async removeAppChannel({ appId, kind }) {
      await database.run('DELETE FROM app_channel WHERE app_id = ? AND kind = ?', [appId, kind]);
      return {};
    },

    async appChannels({ appId }) {
      const rows = await database.rows<{ kind: VendorKind; hint: string; setAt: number }>(
        'SELECT kind, hint, set_at AS setAt FROM app_channel WHERE app_id = ? ORDER BY kind',
        [appId],
      );
      const channels = rows.map(({ kind, hint, setAt }) => ({ kind, setAt, shown: JSON.parse(hint) as unknown }));
      return {
        channels: channels.filter((channel): channel is AppChannel => Check(AppChannel, channel)),
        keepsCredentials: seal.prefix !== undefined,
      };
    },

    async appCredentials({ appId }) {
      const rows = await database.rows<Row>('SELECT kind, sealed FROM app_channel WHERE app_id = ?', [appId]);
      const channels = rows.flatMap(({ kind, sealed }): AppCredentials[] => {
        const text = seal.open(sealed, [appId, kind]);
        if (text === undefined) {
          log.error({ app: appId, kind }, 'no key of channelSecretsKeys opens the credentials of a channel');
          return [];
        }
        return [{ kind, credentials: JSON.parse(text) as unknown } as AppCredentials];
      });
      return { channels };
    },
  };
}

/** Seals with the first key what another one sealed. @returns how many rows. */
export async function resealChannels(database: Database, seal: Seal): Promise<number> {
  const { prefix } = seal;
  if (prefix === undefined) return 0;
  const rows = await database.rows<Row & { app: string }>(
    `SELECT app_id AS app, kind, sealed FROM app_channel WHERE NOT sealed LIKE ? LIMIT ${resealsAtOnce}`,
    [`${prefix}%`],
  );
  let done = 0;
  for (const { app, kind, sealed } of rows) {
    const text = seal.open(sealed, [app, kind]);
    const anew = text === undefined ? undefined : seal.seal(text, [app, kind]);
    if (anew === undefined) continue;
    // One that was set meanwhile stays.
    await database.run('UPDATE app_channel SET sealed = ? WHERE app_id = ? AND kind = ? AND sealed = ?', [
      ...[anew, app, kind, sealed],
    ]);
    done++;
  }
  return done;
}
