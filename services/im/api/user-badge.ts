import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { BadgeBody, maxBadgeCids } from '../../common/protocol/rest/devices.ts';
import { endpoint } from './endpoint.ts';
import { pathList } from './path-list.ts';
import { checkOwnCids } from './targets.ts';

export const setBadges = endpoint({
  name: 'badge_set',
  method: 'POST',
  path: '/user/badge/cid/:cids',
  summary: 'Set the badges of devices, or add to them',
  params: Type.Object({ cids: Type.String({ description: `Up to ${maxBadgeCids}, separated by commas` }) }),
  body: BadgeBody,
  async handle(context, { app, params, body }) {
    const cids = pathList(params.cids, 'cid', maxBadgeCids);
    checkOwnCids(context, app, cids);
    const number = Number(body.badge);
    const to = /^[+-]/.test(body.badge) ? { add: number } : { set: number };
    // Named, so that an internal call that is repeated adds once.
    await context.deps.userMysql.changeBadges({ app, cids, change: randomUUID(), to });
  },
});
