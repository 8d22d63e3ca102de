import Type from 'typebox';
import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { example, exampleCounts } from '../../common/protocol/rest/examples.ts';
import { type ReportData, SumReportData } from '../../common/protocol/rest/report.ts';
import { DateParam, dayMs, startOfDate } from './date-param.ts';
import { endpoint } from './endpoint.ts';
import { reportOf } from './report-task.ts';

/** How long sums over many tasks may take. */
const sumMs = 10_000;

export const reportGroup = endpoint({
  name: 'report_task_group',
  method: 'GET',
  path: '/report/push/task_group/:group',
  summary: 'The figures of all tasks of a group together',
  params: Type.Object({ group: Type.String({ minLength: 1, maxLength: 100 }) }),
  data: SumReportData,
  example: {
    params: { group: example.group },
    data: { [example.group]: { total: exampleCounts, gt: exampleCounts } },
  },
  async handle({ deps }, { app, params }) {
    const found = await deps.userMysql.groupCounts({ app, group: params.group }, { deadlineMs: sumMs });
    return found ? { [params.group]: sumOf(found.counts) } : {};
  },
});

export const reportDate = endpoint({
  name: 'report_date',
  method: 'GET',
  path: '/report/push/date/:date',
  summary: 'The figures of all tasks of one day, UTC, together',
  params: DateParam,
  data: SumReportData,
  example: {
    params: { date: example.date },
    data: { [example.date]: { total: exampleCounts, gt: exampleCounts } },
  },
  async handle({ deps }, { app, params }) {
    const from = startOfDate(params.date);
    const { counts } = await deps.userMysql.periodCounts({ app, from, to: from + dayMs }, { deadlineMs: sumMs });
    return { [params.date]: sumOf(counts) };
  },
});

function sumOf(counts: { event: ReceiptEvent; count: number }[]): ReportData {
  const { total, gt } = reportOf(counts);
  return { total, gt };
}
