import Type, { type Static } from 'typebox';

export const UserDayData = Type.Record(
  Type.String(),
  Type.Object({
    accumulative_num: Type.Integer({ description: 'Devices registered by the end of the day' }),
    register_num: Type.Integer({ description: 'Devices registered on it' }),
    active_num: Type.Integer({ description: 'Devices that logged in on it' }),
    online_num: Type.Integer({ description: 'The most devices online at one of its points' }),
  }),
  { description: 'By the date' },
);
export type UserDayData = Static<typeof UserDayData>;

export const OnlineData = Type.Object({
  online_statics: Type.Record(Type.String(), Type.Integer(), {
    description: 'Devices online at every tenth minute of the last 24 hours, by ms since the Unix epoch',
  }),
});
export type OnlineData = Static<typeof OnlineData>;
