import Type from 'typebox';
import { Check } from 'typebox/value';
import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { TaskId } from '../../common/protocol/ids.ts';
import { example, exampleCounts } from '../../common/protocol/rest/examples.ts';
import { pathList } from '../../common/protocol/rest/fields.ts';
import {
  type Counts,
  maxReportTasks,
  TaskDetailReportData,
  TaskReportData,
} from '../../common/protocol/rest/report.ts';
import type { ApiDeps } from './deps.ts';
import { endpoint } from './endpoint.ts';

const customEvent = 'custom:';
const params = Type.Object({ taskid: pathList('Tasks', maxReportTasks) });
const exampleReport = { total: exampleCounts, gt: exampleCounts, actionCntMap: { '90001': 1 } };

export const reportTasks = endpoint({
  name: 'report_task',
  method: 'GET',
  path: '/report/push/task/:taskid',
  summary: 'How many devices each task was for, and how far it got',
  params,
  data: TaskReportData,
  example: { params: { taskid: [example.singleTask] }, data: { [example.singleTask]: exampleReport } },
  async handle({ deps }, { app, params }) {
    return reportsOf(deps, app, params.taskid);
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
    data: { [example.singleTask]: { ...exampleReport, failed_detail: { not_sent: 0, not_arrived: 1 } } },
  },
  async handle({ deps }, { app, params }) {
    const reports = Object.entries(await reportsOf(deps, app, params.taskid));
    return Object.fromEntries(
      reports.map(([task, report]) => {
        const { msg_num, target_num, receive_num } = report.total;
        return [
          task,
          { ...report, failed_detail: { not_sent: msg_num - target_num, not_arrived: target_num - receive_num } },
        ];
      }),
    );
  },
});

async function reportsOf(deps: Pick<ApiDeps, 'userMysql'>, app: string, given: string[]): Promise<TaskReportData> {
  const tasks = given.filter((task) => Check(TaskId, task));
  if (tasks.length === 0) return {};
  const { results } = await deps.userMysql.taskCounts({ items: tasks.map((task) => ({ app, task })) });
  const found: [string, TaskReportData[string]][] = [];
  for (const [index, task] of tasks.entries()) {
    const answer = results[index];
    if (answer) found.push([task, reportOf(answer.counts)]);
  }
  return Object.fromEntries(found);
}

/** A task's counts in the words of the contract. All devices are reached through this system's own channel, `gt`. */
export function reportOf(counts: { event: ReceiptEvent; count: number }[]): TaskReportData[string] {
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
