import type { TaskDetailData, TaskDetailReportData } from '../../services/common/protocol/rest/report.ts';
import { type TaskState, taskStates } from '../../services/common/protocol/task-list-calls.ts';
import type { CommandSpec } from './command-spec.ts';
import { openUpstream, type Upstream } from './edges/upstream.ts';
import { CliError, UsageError } from './faults.ts';
import { funnelText } from './push/funnel.ts';
import { lines, quoted } from './style.ts';
import { need } from './target/target.ts';

interface Scheduled {
  create_time: string;
  push_time: string;
  send_result: string;
}

/** Tasks that a list shows unless it is told otherwise, and at the most. */
const listed = { usually: 20, most: 200 };

/** An app's tasks; of one: how far it got, what became of its schedule, and its end. */
export const taskCommands: CommandSpec[] = [
  {
    usage: 'task list',
    describe: 'the newest tasks of the app; asks user-mysql',
    options: {
      state: { value: 'STATE', describe: 'only those in this state', choices: taskStates },
      group: { value: 'NAME', describe: 'only those of this group' },
      limit: { value: 'N', describe: `so many at the most, 1 to ${listed.most}; ${listed.usually} unless given` },
    },
    async run(given, session) {
      const target = session.target();
      const { listTasks } = await import('./edges/task-list.ts');
      const [state, group] = [given.text('state') as TaskState | undefined, given.text('group')];
      const { tasks, more } = await listTasks(
        { url: need(target, 'userMysql'), secret: need(target, 'internalSecret') },
        need(target, 'appId'),
        { ...(state === undefined ? {} : { state }), ...(group === undefined ? {} : { group }) },
        limitOf(given.text('limit')),
      );
      const rows = tasks.map(({ task, at, audience, state: is, targets, arrived, group: of }): [string, string] => [
        task,
        `${isoOf(String(at))}  ${is.padEnd(9)}  ${audience.padEnd(6)}  ${arrived} of ${targets} arrived${of === null ? '' : `  ${quoted(of)}`}`,
      ]);
      const end = more ? 'there are older ones\n' : '';
      return { document: { tasks, more }, text: tasks.length === 0 ? `no task fits\n${end}` : `${lines(rows)}${end}` };
    },
  },
  {
    usage: 'task show <task>',
    describe: 'how far a task got, and what became of it if it was scheduled',
    async run(given, session) {
      const task = idOf(given.word('task'));
      const upstream = await openUpstream(session.target());
      const report = (await upstream.call<TaskDetailReportData>('GET', `/report/push/task/${task}/detail`))[task];
      const schedule = await scheduleOf(upstream, task);
      if (report === undefined && schedule === undefined) throw new CliError('failed', `the app has no task ${task}`);
      const said: [string, string][] = [['task', task]];
      if (report) {
        said.push(['funnel', funnelText(report.total)]);
        said.push(
          ['not sent', String(report.failed_detail.not_sent)],
          ['not arrived', String(report.failed_detail.not_arrived)],
        );
        for (const [event, count] of Object.entries(report.actionCntMap)) said.push([`event ${event}`, String(count)]);
      }
      if (schedule) said.push(['scheduled for', isoOf(schedule.push_time)], ['schedule', schedule.send_result]);
      return { document: { task, report: report ?? null, schedule: schedule ?? null }, text: lines(said) };
    },
  },
  {
    usage: 'task device <task> <cid>',
    describe: 'what happened to a task on one device, with times',
    async run(given, session) {
      const [task, cid] = [idOf(given.word('task')), given.word('cid')];
      const upstream = await openUpstream(session.target());
      const { detail } = await upstream.call<TaskDetailData>('GET', `/task/detail/${encodeURIComponent(cid)}/${task}`);
      const text =
        detail.length === 0 ? 'nothing: the two never met\n' : lines(detail.map((one) => [isoOf(one.time), one.event]));
      return { document: { task, cid, events: detail }, text };
    },
  },
  {
    usage: 'task stop <task>',
    describe: 'what is not delivered yet of a task to lists, tags or all never is',
    async run(given, session) {
      const task = idOf(given.word('task'));
      await (await openUpstream(session.target())).call('DELETE', `/task/${task}`);
      return { document: { task, stopped: true }, text: `task ${task} is stopped\n` };
    },
  },
  {
    usage: 'task cancel <task>',
    describe: 'takes a scheduled task back, a minute before it is due at the latest',
    async run(given, session) {
      const task = idOf(given.word('task'));
      await (await openUpstream(session.target())).call('DELETE', `/task/schedule/${task}`);
      return { document: { task, cancelled: true }, text: `task ${task} is cancelled\n` };
    },
  },
];

/** @throws UsageError */
function limitOf(text: string | undefined): number {
  if (text === undefined) return listed.usually;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= listed.most) return limit;
  throw new UsageError(`--limit: ${text}, allowed is a whole number from 1 to ${listed.most}`);
}

/** @throws UsageError */
export function idOf(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new UsageError(`${text}: a task's id has 1 to 64 of A-Z a-z 0-9 _ -`);
}

/** Undefined: it isn't a scheduled one. */
async function scheduleOf(upstream: Upstream, task: string): Promise<Scheduled | undefined> {
  try {
    return (await upstream.call<Record<string, Scheduled>>('GET', `/task/schedule/${task}`))[task];
  } catch (error) {
    if (error instanceof CliError && error.exit === 'failed' && error.message.includes('22002')) return undefined;
    throw error;
  }
}

function isoOf(ms: string): string {
  return new Date(Number(ms)).toISOString();
}
