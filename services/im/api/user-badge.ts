import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { BadgeBody, maxBadgeCids } from '../../common/protocol/rest/devices.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import { endpoint } from './endpoint.ts';
import { checkOwnCids } from './targets.ts';

export const setBadges = endpoint({
  name: 'badge_set',
  method: 'POST',
  path: '/user/badge/cid/:cid',
  summary: 'Set the badges of devices, or add to them',
  params: Type.Object({ cid: pathList('Devices', maxBadgeCids) }),
  body: BadgeBody,
  example: { params: { cid: [example.cid] }, body: { badge: '+1' } },
  async handle(context, { app, params: { cid: cids }, body }) {
    checkOwnCids(context, app, cids);
    const number = Number(body.badge);
    const to = /^[+-]/.test(body.badge) ? { add: number } : { set: number };
    // Named, so that an internal call that is repeated adds once.
    await context.deps.userMysql.changeBadges({ app, cids, change: randomUUID(), to });
  },
});
