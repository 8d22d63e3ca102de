import Type from 'typebox';
import { example } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import { endpoint } from './endpoint.ts';
import { checkOwnCids } from './targets.ts';

const maxCids = 200;
const params = Type.Object({ cid: pathList('Devices', maxCids) });

export const addToBlacklist = endpoint({
  name: 'black_add',
  method: 'POST',
  path: '/user/black/cid/:cid',
  summary: 'Blacklist devices: they are disconnected, may not log in, and get nothing',
  params,
  example: { params: { cid: [example.cid] } },
  async handle(context, { app, params: { cid: cids } }) {
    checkOwnCids(context, app, cids);
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
  path: '/user/black/cid/:cid',
  summary: 'Take devices from the blacklist',
  params,
  example: { params: { cid: [example.cid] } },
  async handle(context, { app, params: { cid: cids } }) {
    checkOwnCids(context, app, cids);
    const { userMysql, userRedis } = context.deps;
    await userMysql.takeFromBlacklist({ app, cids });
    await userRedis.markBlacklisted({ items: cids.map((cid) => ({ cid, blacklisted: false })) });
  },
});
