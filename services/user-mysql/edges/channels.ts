import { Check } from 'typebox/value';
import { LongwireError } from '../../common/errors.ts';
import { Channel, type channelCalls as contract } from '../../common/protocol/channel-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database } from '../database.ts';

interface ChannelRow {
  app: string;
  cid: string;
  kind: Channel['kind'];
  subscription: string;
}

export function channelCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async setChannel({ app, cid, kind, subscription }) {
      if (subscription !== null && !Check(Channel, { kind, subscription })) {
        throw new LongwireError('bad_request', `no subscription of ${kind}`, { field: 'subscription' });
      }
      await database.transaction(async (session) => {
        const [device] = await session.rows('SELECT 1 FROM device WHERE app_id = ? AND cid = ? LOCK IN SHARE MODE', [
          ...[app, cid],
        ]);
        if (!device) throw new LongwireError('not_found', 'there is no such device', { field: 'cid' });
        if (subscription === null) {
          await session.run('DELETE FROM channel WHERE app_id = ? AND cid = ? AND kind = ?', [app, cid, kind]);
          return;
        }
        const text = textOf(subscription);
        // An installation that lost its cid registers as another device with the same subscription: it would be shown all twice.
        const others = await session.rows<{ cid: string }>(
          'SELECT cid FROM channel WHERE app_id = ? AND kind = ? AND subscription = ? AND cid <> ? LIMIT 1000',
          [app, kind, text, cid],
        );
        if (others.length > 0) {
          await session.run('DELETE FROM channel WHERE (app_id, cid, kind) IN (?) AND subscription = ?', [
            others.map((other) => [app, other.cid, kind]),
            text,
          ]);
        }
        await session.run(
          `INSERT INTO channel (app_id, cid, kind, subscription, set_at) VALUES ?
           ON DUPLICATE KEY UPDATE subscription = VALUES(subscription), set_at = VALUES(set_at)`,
          [[[app, cid, kind, text, now()]]],
        );
      });
      return {};
    },

    async dropChannels({ items }) {
      const rows = items.map(({ app, cid, channel }) => [app, cid, channel.kind, textOf(channel.subscription)]);
      // The keys alone lead to the rows; the subscriptions only filter them.
      await database.transaction((session) =>
        session.run(
          `DELETE FROM channel WHERE (app_id, cid, kind) IN (?) AND (app_id, cid, kind, subscription) IN (?)`,
          [rows.map((row) => row.slice(0, 3)), rows],
        ),
      );
      return { results: items.map(() => ({})) };
    },

    async channelsOf({ items }) {
      const rows = await database.rows<ChannelRow>(
        'SELECT app_id AS app, cid, kind, subscription FROM channel WHERE (app_id, cid) IN (?)',
        [items.map(({ app, cid }) => [app, cid])],
      );
      const found = Map.groupBy(rows, ({ app, cid }) => `${app}\n${cid}`);
      return {
        results: items.map(({ app, cid }) => ({
          channels: (found.get(`${app}\n${cid}`) ?? []).map(
            ({ kind, subscription }) => ({ kind, subscription: JSON.parse(subscription) as unknown }) as Channel,
          ),
        })),
      };
    },
  };
}

/** The same text for the same subscription, whatever the order of its fields. */
function textOf(subscription: Channel['subscription']): string {
  if ('token' in subscription) return JSON.stringify({ token: subscription.token });
  const { endpoint, keys } = subscription;
  return JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
}
