import { Check } from 'typebox/value';
import type { Kicks } from '../../common/kicks.ts';
import { Cid, Seq } from '../../common/protocol/ids.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { DeviceView, devicesCalls } from '../calls/devices.ts';
import { defaultPageItems } from '../calls/lists.ts';
import { asking, badField, notFound } from '../core/fault.ts';
import { acceptedAtOf, messageViewOf } from '../core/message-view.ts';
import { keyOfText, textOfKey } from '../core/page-key.ts';
import type { Handlers } from './handler.ts';

export interface DevicesDeps {
  mysql: Client<UserMysqlCalls>;
  redis: Client<UserRedisCalls>;
  kicks: Pick<Kicks, 'kick'>;
}

/** Devices of an app: what is kept of them, and what is in memory. */
export function devicesHandlers({ mysql, redis, kicks }: DevicesDeps): Handlers<typeof devicesCalls> {
  /** Those of the app, in the order given; others are passed over. */
  async function viewsOf(app: string, cids: string[]): Promise<DeviceView[]> {
    if (cids.length === 0) return [];
    const items = cids.map((cid) => ({ app, cid }));
    const ofDevices = cids.map((cid) => ({ cid }));
    const kept = asking(
      'user-mysql',
      Promise.all([
        mysql.deviceDetails({ items }),
        mysql.devices({ items }),
        mysql.aliasesOf({ items }),
        mysql.tagsOf({ items }),
        mysql.channelsOf({ items }),
        mysql.blacklisted({ items }),
      ]),
    );
    const inMemory = asking(
      'user-redis',
      Promise.all([redis.status({ items: ofDevices }), redis.connections({ items: ofDevices })]),
    );
    const [[details, times, aliases, tags, channels, black], [statuses, connections]] = await Promise.all([
      kept,
      inMemory,
    ]);
    return cids.flatMap((cid, index): DeviceView[] => {
      const detail = details.results[index];
      const time = times.results[index];
      if (!detail) return [];
      const status = statuses.results[index]!;
      const connection = connections.results[index];
      const blacklisted = black.results[index]!.blacklisted;
      return [
        {
          ...{ cid, platform: detail.platform, model: detail.model, registeredAt: detail.registeredAt },
          // What is in memory is newer than what receipts have told.
          lastLoginAt: status.attachedAt ?? time?.lastLoginAt ?? null,
          online: connection && !blacklisted ? { node: connection.route.node, since: connection.since } : null,
          queued: status.depth,
          tags: tags.results[index]!.tags,
          alias: aliases.results[index]!.alias,
          channel: channels.results[index]!.channels[0]?.kind ?? null,
          blacklisted,
        },
      ];
    });
  }

  /** @throws ConsoleFault `not_found`: a cid of another app is one that isn't there */
  async function checkDevice(app: string, cid: string): Promise<void> {
    const { results } = await asking('user-mysql', mysql.devices({ items: [{ app, cid }] }));
    if (!results[0]) throw notFound('device');
  }

  async function endConnections(cid: string): Promise<boolean> {
    const { results } = await asking('user-redis', redis.connections({ items: [{ cid }] }));
    const connection = results[0];
    if (!connection) return false;
    await asking('cm', kicks.kick([connection.route], 'admin'));
    return true;
  }

  return {
    async listDevices({ params: { app }, query }) {
      const { cid, alias, after, limit = defaultPageItems } = query;
      if (cid !== undefined && alias !== undefined)
        throw badField('alias', 'alias_with_cid', 'cid or alias, or neither');
      if (cid !== undefined) return { items: await viewsOf(app, [cid]), next: null };
      if (alias !== undefined) {
        const { results } = await asking('user-mysql', mysql.cidsOf({ items: [{ app, alias }] }));
        return { items: await viewsOf(app, results[0]!.cids), next: null };
      }
      if (after !== undefined && !Check(Cid, after)) {
        throw badField('after', 'no_page_key', '`next` of the page before');
      }
      const { cids } = await asking('user-mysql', mysql.listDevices({ app, after: after ?? null, limit }));
      return { items: await viewsOf(app, cids), next: cids.length === limit ? cids.at(-1)! : null };
    },

    async device({ params: { app, cid } }) {
      const [view] = await viewsOf(app, [cid]);
      if (!view) throw notFound('device');
      return view;
    },

    async deviceQueue({ params: { app, cid }, query: { after, limit = defaultPageItems } }) {
      const above = after === undefined ? 0 : Number(after);
      if (!Check(Seq, above)) throw badField('after', 'no_page_key', '`next` of the page before');
      await checkDevice(app, cid);
      const { results } = await asking('user-redis', redis.pull({ items: [{ cid, after: above, limit }] }));
      const { entries, more, ready } = results[0]!;
      return {
        items: entries.map(({ seq, task, exp, body }) => ({
          ...{ seq, taskId: task, message: messageViewOf(body) },
          ...{ acceptedAt: acceptedAtOf(body), expiresAt: exp },
        })),
        next: more && entries.length > 0 ? String(entries.at(-1)!.seq) : null,
        replaying: !ready,
      };
    },

    async deviceEvents({ params: { app, cid }, query: { after } }) {
      const key = keyOfText(after);
      await checkDevice(app, cid);
      const { events, since, next } = await asking('user-mysql', mysql.deviceHistory({ app, cid, after: key }));
      return {
        items: events.map(({ task, event, at }) => ({ at, event, taskId: task })),
        since,
        next: textOfKey(next),
      };
    },

    async kickDevice({ params: { app, cid }, note }) {
      note({ target: cid });
      await checkDevice(app, cid);
      return { kicked: await endConnections(cid) };
    },

    async blacklistDevice({ params: { app, cid }, note }) {
      note({ target: cid });
      await checkDevice(app, cid);
      // Kept first: whatever fails after that, a repeat does the rest.
      await asking('user-mysql', mysql.addToBlacklist({ app, cids: [cid] }));
      const { results } = await asking('user-redis', redis.markBlacklisted({ items: [{ cid, blacklisted: true }] }));
      const connection = results[0]?.connection;
      if (connection) await asking('cm', kicks.kick([connection], 'blacklisted'));
      return { blacklisted: true };
    },

    async unblacklistDevice({ params: { app, cid }, note }) {
      note({ target: cid });
      await checkDevice(app, cid);
      await asking('user-mysql', mysql.takeFromBlacklist({ app, cids: [cid] }));
      await asking('user-redis', redis.markBlacklisted({ items: [{ cid, blacklisted: false }] }));
      return { blacklisted: false };
    },
  };
}
