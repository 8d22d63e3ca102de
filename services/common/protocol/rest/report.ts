import Type, { type Static } from 'typebox';

export const maxReportTasks = 200;

export const Counts = Type.Object({
  msg_num: Type.Integer({ description: 'Devices that the message was for' }),
  target_num: Type.Integer({ description: 'Devices that it was sent to' }),
  receive_num: Type.Integer({ description: 'Devices that it arrived at' }),
  display_num: Type.Integer({ description: 'Devices that showed it' }),
  click_num: Type.Integer({ description: 'Devices on which it was clicked' }),
});
export type Counts = Static<typeof Counts>;

export const TaskReportData = Type.Record(
  Type.String(),
  Type.Object({
    total: Counts,
    gt: Counts,
    actionCntMap: Type.Record(Type.String(), Type.Integer(), { description: 'Custom events by their number' }),
  }),
  { description: 'By task id; those that the app does not have are left out' },
);
export type TaskReportData = Static<typeof TaskReportData>;
