import Type, { type Static } from 'typebox';

export const maxDetailCids = 1_000;
export const maxDeviceStatusCids = 100;
export const maxBadgeCids = 200;

export const UserDetailData = Type.Object({
  invalidCids: Type.Array(Type.String(), { description: 'Those that the app does not have' }),
  validCids: Type.Record(
    Type.String(),
    Type.Object({
      client_app_id: Type.String(),
      package_name: Type.String({ description: 'Empty: devices do not tell it' }),
      device_token: Type.String({ description: 'Empty: there are no tokens of vendors' }),
      phone_type: Type.Integer({ description: '2 for iOS, 1 for all others' }),
      phoneModel: Type.String({ description: 'Empty if the device did not tell it' }),
      notificationSwitch: Type.Boolean({ description: 'Always true: devices do not tell it' }),
      createTime: Type.String({ description: 'When it registered, ms since the Unix epoch' }),
      loginFreq: Type.Integer({ description: 'Always 0: not counted' }),
    }),
  ),
});
export type UserDetailData = Static<typeof UserDetailData>;

const state = Type.Enum(['online', 'offline']);

export const DeviceStatusData = Type.Record(Type.String(), Type.Object({ cid_status: state, device_status: state }), {
  description: 'By cid; those that the app does not have are left out',
});

export const BadgeBody = Type.Object({
  badge: Type.String({
    pattern: '^[+-]?[0-9]{1,9}$',
    description: '"5" sets it, "+5" and "-5" add to it; never below 0',
  }),
});
