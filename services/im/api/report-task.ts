import Type from 'typebox';
import { Check } from 'typebox/value';
import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { channelNames } from '../../common/protocol/channel-calls.ts';
import { TaskId } from '../../common/protocol/ids.ts';
import type { ChannelCount } from '../../common/protocol/report-calls.ts';
import { example, exampleCounts } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import {
  type ChannelFailures,
  type ChannelReports,
  type Counts,
  maxReportTasks,
  TaskDetailReportData,
  type TaskReport,
  TaskReportData,
} from '../../common/protocol/rest/report.ts';
import type { ApiDeps } from './deps.ts';
import { endpoint } from './endpoint.ts';

const customEvent = 'custom:';
const params = Type.Object({ taskid: pathList('Tasks', maxReportTasks) });
const exampleReport = {
  ...{ total: exampleCounts, gt: exampleCounts, actionCntMap: { '90001': 1 } },
  fcm: { msg_num: 2, target_num: 1 },
};

export const reportTasks = endpoint({
  name: 'report_task',
  method: 'GET',
  path: '/report/push/task/:taskid',
  summary: 'How many devices each task was for, and how far it got',
  params,
  data: TaskReportData,
  example: { params: { taskid: [example.singleTask] }, data: { [example.singleTask]: exampleReport } },
  async handle({ deps }, { app, params }) {
    const counts = await countsOf(deps, app, params.taskid);
    return Object.fromEntries(
      [...counts].map(([task, { counts, channels = [] }]) => [
        task,
        { ...reportOf(counts), ...channelReports(channels) },
      ]),
    );
  },
});

export const reportTaskDetails = endpoint({
  name: 'report_task_detail',
  method: 'GET',
  path: '/report/push/task/:taskid/detail',
  summary: 'The same, with how many devices each task did not reach',
  params,
  data: TaskDetailReportData,
  example: {
    params: { taskid: [example.singleTask] },
    data: {
      [example.singleTask]: {
        ...exampleReport,
        failed_detail: { not_sent: 0, not_arrived: 1, channels: { fcm: { 'gone:UNREGISTERED': 1 } } },
      },
    },
  },
  async handle({ deps }, { app, params }) {
    const counts = await countsOf(deps, app, params.taskid);
    return Object.fromEntries(
      [...counts].map(([task, { counts, channels = [] }]) => {
        const report = { ...reportOf(counts), ...channelReports(channels) };
        const { msg_num, target_num, receive_num } = report.total;
        const failed = failuresOf(channels);
        return [
          task,
          {
            ...report,
            failed_detail: {
              not_sent: msg_num - target_num,
              not_arrived: target_num - receive_num,
              ...(failed ? { channels: failed } : {}),
            },
          },
        ];
      }),
    );
  },
});

interface TaskCounts {
  counts: { event: ReceiptEvent; count: number }[];
  channels?: ChannelCount[];
}

/** Of each task that the app has. */
async function countsOf(
  deps: Pick<ApiDeps, 'userMysql'>,
  app: string,
  given: string[],
): Promise<Map<string, TaskCounts>> {
  const tasks = given.filter((task) => Check(TaskId, task));
  const found = new Map<string, TaskCounts>();
  if (tasks.length === 0) return found;
  const { results } = await deps.userMysql.taskCounts({ items: tasks.map((task) => ({ app, task })) });
  for (const [index, task] of tasks.entries()) {
    const answer = results[index];
    if (answer) found.set(task, answer);
  }
  return found;
}

/** Of each channel that the task went by: devices that it was tried for, and those whose message its service took. */
function channelReports(counts: ChannelCount[]): ChannelReports {
  const reports: ChannelReports = {};
  for (const { channel, result, count } of counts) {
    const name = channelNames[channel];
    const report = reports[name] ?? { msg_num: 0, target_num: 0 };
    reports[name] = report;
    report.msg_num += count;
    if (result === 'sent') report.target_num += count;
  }
  return reports;
}

/** How many devices each channel failed for, by what it said; undefined if none did. */
function failuresOf(counts: ChannelCount[]): ChannelFailures | undefined {
  const failed = counts.filter(({ result }) => result !== 'sent');
  if (failed.length === 0) return undefined;
  const perChannel = Map.groupBy(failed, ({ channel }) => channelNames[channel]);
  return Object.fromEntries(
    [...perChannel].map(([name, own]) => [
      name,
      Object.fromEntries(own.map(({ result, count }): [string, number] => [result, count])),
    ]),
  );
}

/** A task's counts in the words of the contract. `gt` is this system's own connections. */
export function reportOf(counts: { event: ReceiptEvent; count: number }[]): TaskReport {
  const byEvent = new Map<string, number>(counts.map(({ event, count }) => [event, count]));
  const total: Counts = {
    msg_num: byEvent.get('target') ?? 0,
    target_num: byEvent.get('sent') ?? 0,
    receive_num: byEvent.get('arrived') ?? 0,
    display_num: byEvent.get('shown') ?? 0,
    click_num: byEvent.get('clicked') ?? 0,
  };
  const custom = [...byEvent].filter(([event]) => event.startsWith(customEvent));
  const actions = custom.map(([event, count]): [string, number] => [event.slice(customEvent.length), count]);
  return { total, gt: { ...total }, actionCntMap: Object.fromEntries(actions) };
}
