import Type, { type Static } from 'typebox';
import type { ChannelKind, channelNames } from '../channel-calls.ts';

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

const ChannelReport = Type.Object(
  {
    msg_num: Type.Integer({ description: 'Devices that it was tried for' }),
    target_num: Type.Integer({ description: 'Devices whose message the service took' }),
  },
  { description: 'By the channel of this vendor, if it went by that' },
);

const channelReports = {
  webpush: Type.Optional(ChannelReport),
  fcm: Type.Optional(ChannelReport),
  ios: Type.Optional(ChannelReport),
  hw: Type.Optional(ChannelReport),
  xm: Type.Optional(ChannelReport),
  op: Type.Optional(ChannelReport),
  vv: Type.Optional(ChannelReport),
  ho: Type.Optional(ChannelReport),
  hoshw: Type.Optional(ChannelReport),
} satisfies Record<(typeof channelNames)[ChannelKind], unknown>;
export type ChannelReports = { -readonly [Name in keyof typeof channelReports]?: Static<typeof ChannelReport> };

const ChannelFailures = Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
  description:
    'Devices that each channel failed for, by what came of it (gone, refused, denied, gave_up, full) and, behind a colon, its service’s own word',
});
export type ChannelFailures = Static<typeof ChannelFailures>;

/** By the group's name, or by the date. */
export const SumReportData = Type.Record(Type.String(), ReportData);
export type SumReportData = Static<typeof SumReportData>;

const TaskReport = Type.Object({
  total: Counts,
  gt: Counts,
  ...channelReports,
  actionCntMap: Type.Record(Type.String(), Type.Integer(), { description: 'Custom events by their number' }),
});
export type TaskReport = Static<typeof TaskReport>;

export const TaskReportData = Type.Record(Type.String(), TaskReport, {
  description: 'By task id; those that the app does not have are left out',
});
export type TaskReportData = Static<typeof TaskReportData>;

export const TaskDetailReportData = Type.Record(
  Type.String(),
  Type.Object({
    total: Counts,
    gt: Counts,
    ...channelReports,
    actionCntMap: Type.Record(Type.String(), Type.Integer()),
    failed_detail: Type.Object({
      not_sent: Type.Integer({ description: 'Devices that it was for and was not sent to' }),
      not_arrived: Type.Integer({ description: 'Devices that it was sent to and did not arrive at' }),
      channels: Type.Optional(ChannelFailures),
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
