import Type from 'typebox';
import { maxDetailCids, UserDetailData } from '../../common/protocol/rest/devices.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import { endpoint } from './endpoint.ts';
import { isOwnCid } from './targets.ts';

export const userDetail = endpoint({
  name: 'user_detail',
  method: 'GET',
  path: '/user/detail/:cid',
  summary: 'What is kept of devices',
  params: Type.Object({ cid: pathList('Devices', maxDetailCids) }),
  data: UserDetailData,
  example: {
    params: { cid: [example.cid] },
    data: {
      invalidCids: [],
      validCids: {
        [example.cid]: {
          client_app_id: 'demo',
          package_name: '',
          device_token: '',
          phone_type: 1,
          phoneModel: 'Pixel 9',
          notificationSwitch: true,
          createTime: '1763900000000',
          loginFreq: 0,
        },
      },
    },
  },
  async handle(context, { app, params: { cid: cids } }) {
    const own = cids.filter((cid) => isOwnCid(context, app, cid));
    const items = own.map((cid) => ({ app, cid }));
    const results = items.length > 0 ? (await context.deps.userMysql.deviceDetails({ items })).results : [];
    const validCids: UserDetailData['validCids'] = {};
    for (const [index, cid] of own.entries()) {
      const detail = results[index];
      if (!detail) continue;
      validCids[cid] = {
        client_app_id: app,
        package_name: '',
        device_token: '',
        phone_type: detail.platform === 'ios' ? 2 : 1,
        phoneModel: detail.model ?? '',
        notificationSwitch: true,
        createTime: String(detail.registeredAt),
        loginFreq: 0,
      };
    }
    return { invalidCids: cids.filter((cid) => !Object.hasOwn(validCids, cid)), validCids };
  },
});
