import Type from 'typebox';
import { DeviceStatusData, maxDeviceStatusCids } from '../../common/protocol/rest/devices.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import { maxStatusCids, UserStatusData } from '../../common/protocol/rest/users.ts';
import type { Presence } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { isOwnCid } from './targets.ts';

export const userStatus = endpoint({
  name: 'user_status',
  method: 'GET',
  path: '/user/status/:cid',
  summary: 'Whether devices are online and when each last logged in',
  params: Type.Object({ cid: pathList('Devices', maxStatusCids) }),
  data: UserStatusData,
  example: {
    params: { cid: [example.cid] },
    data: { [example.cid]: { last_login_time: '1763996400000', status: 'online' } },
  },
  async handle(context, { app, params }) {
    return statusesOf(context, app, params.cid);
  },
});

export const deviceStatus = endpoint({
  name: 'device_status',
  method: 'GET',
  path: '/user/deviceStatus/:cid',
  summary: 'Whether devices are online: one connection each, so both answers are the same',
  params: Type.Object({ cid: pathList('Devices', maxDeviceStatusCids) }),
  data: DeviceStatusData,
  example: {
    params: { cid: [example.cid] },
    data: { [example.cid]: { cid_status: 'online', device_status: 'online' } },
  },
  async handle(context, { app, params }) {
    const found = await statusesOf(context, app, params.cid);
    return Object.fromEntries(
      Object.entries(found).map(([cid, { status }]) => [cid, { cid_status: status, device_status: status }]),
    );
  },
});

/** Of those that are the app's and known. */
async function statusesOf(context: ApiContext, app: string, given: string[]): Promise<UserStatusData> {
  const cids = given.filter((cid) => isOwnCid(context, app, cid));
  const presences = await Promise.all(cids.map((cid) => context.lookups.presence(cid)));
  // What is not in memory of a device is asked of the store that keeps it; so is whether there is such a device.
  const away = cids.filter((_cid, index) => !isInMemory(presences[index]));
  const kept = await keptLogins(context, app, away);
  const found: [string, UserStatusData[string]][] = [];
  for (const [index, cid] of cids.entries()) {
    const presence = presences[index];
    const times = kept.get(cid);
    if (!isInMemory(presence) && !times) continue;
    const loginAt = presence?.attachedAt ?? times?.lastLoginAt;
    const status = presence?.online ? 'online' : 'offline';
    found.push([cid, loginAt ? { last_login_time: String(loginAt), status } : { status }]);
  }
  return Object.fromEntries(found);
}

function isInMemory(presence: Presence): boolean {
  return presence !== undefined && (presence.online || presence.attachedAt !== null);
}

async function keptLogins({ deps }: ApiContext, app: string, cids: string[]) {
  if (cids.length === 0) return new Map<string, never>();
  const { results } = await deps.userMysql.devices({ items: cids.map((cid) => ({ app, cid })) });
  return new Map(cids.map((cid, index) => [cid, results[index] ?? null]));
}
