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

export const ReportData = Type.Object({ total: Counts, gt: Counts });
export type ReportData = Static<typeof ReportData>;

/** By the group's name, or by the date. */
export const SumReportData = Type.Record(Type.String(), ReportData);
export type SumReportData = Static<typeof SumReportData>;

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

export const TaskDetailReportData = Type.Record(
  Type.String(),
  Type.Object({
    total: Counts,
    gt: Counts,
    actionCntMap: Type.Record(Type.String(), Type.Integer()),
    failed_detail: Type.Object({
      not_sent: Type.Integer({ description: 'Devices that it was for and was not sent to' }),
      not_arrived: Type.Integer({ description: 'Devices that it was sent to and did not arrive at' }),
    }),
  }),
  { description: 'By task id; those that the app does not have are left out' },
);
export type TaskDetailReportData = Static<typeof TaskDetailReportData>;

const DeviceEvents = Type.Array(
  Type.Object({
    time: Type.String({ description: 'ms since the Unix epoch' }),
    event: Type.String({ description: 'target, sent, arrived, shown, clicked, dismissed or custom:NNNNN' }),
  }),
);
export const TaskDetailData = Type.Object({
  deatil: Type.Unsafe<Static<typeof DeviceEvents>>({ ...DeviceEvents, description: 'The same, as clients spell it' }),
  detail: DeviceEvents,
});
export type TaskDetailData = Static<typeof TaskDetailData>;
