import Type from 'typebox';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { pathList } from './path-list.ts';
import { checkOwnCids } from './targets.ts';

const maxCids = 200;
const params = Type.Object({ cids: Type.String({ description: `Up to ${maxCids}, separated by commas` }) });

export const addToBlacklist = endpoint({
  name: 'black_add',
  method: 'POST',
  path: '/user/black/cid/:cids',
  summary: 'Blacklist devices: they are disconnected, may not log in, and get nothing',
  params,
  async handle(context, { app, params }) {
    const cids = ownCids(context, app, params.cids);
    const { userMysql, userRedis, kick } = context.deps;
    // Kept first: whatever fails after that, a repeat does the rest.
    await userMysql.addToBlacklist({ app, cids });
    const { results } = await userRedis.markBlacklisted({ items: cids.map((cid) => ({ cid, blacklisted: true })) });
    const connected = results.flatMap(({ connection }) => connection ?? []);
    if (connected.length > 0) await kick(connected, 'blacklisted');
  },
});

export const takeFromBlacklist = endpoint({
  name: 'black_remove',
  method: 'DELETE',
  path: '/user/black/cid/:cids',
  summary: 'Take devices from the blacklist',
  params,
  async handle(context, { app, params }) {
    const cids = ownCids(context, app, params.cids);
    const { userMysql, userRedis } = context.deps;
    await userMysql.takeFromBlacklist({ app, cids });
    await userRedis.markBlacklisted({ items: cids.map((cid) => ({ cid, blacklisted: false })) });
  },
});

function ownCids(context: ApiContext, app: string, list: string): string[] {
  const cids = pathList(list, 'cid', maxCids);
  checkOwnCids(context, app, cids);
  return cids;
}
