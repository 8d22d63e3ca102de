import { setTimeout as sleep } from 'node:timers/promises';
import type { SumReportData, TaskReportData } from '../../services/common/protocol/rest/report.ts';
import type { CommandSpec, Given } from './command-spec.ts';
import { openUpstream, type Upstream } from './edges/upstream.ts';
import { UsageError } from './faults.ts';
import { emptyFunnel, type Funnel, funnelText, gained } from './push/funnel.ts';
import type { Session } from './session.ts';
import { spanOption } from './spans.ts';
import { idOf } from './task.ts';

const everyMs = { least: 250, most: 3_600_000 };
const forMs = { least: 1_000, most: 7 * 86_400_000 };
const maxTasks = 200;

/** What is followed: the tasks of this UTC day together, or some tasks by name. */
type Read = () => Promise<Map<string, Funnel>>;

/**
 * Follows the app's figures as reports count them: what user-mysql has counted of the receipts since the last look. Nothing reads the
 * bus for it, as a group of one's own would keep records from being dropped.
 */
export const tail: CommandSpec = {
  usage: 'tail [tasks..]',
  describe: "what happens to an app's messages, live: what its reports have counted since the last look",
  options: {
    every: { value: 'TIME', describe: 'from one look to the next (1s unless given)' },
    for: { value: 'TIME', describe: 'ends by itself after that; else with Ctrl-C' },
  },
  epilog:
    'Without a task: all tasks made on this UTC day together. Counts come from receipts, about a second behind. With --json each line is a JSON document.',
  async run(given, session) {
    const tasks = given.many('tasks').map(idOf);
    if (tasks.length > maxTasks) throw new UsageError(`tail: ${tasks.length} tasks are given, allowed are ${maxTasks}`);
    const upstream = await openUpstream(session.target());
    await follow(tasks.length === 0 ? readDay(upstream, session) : readTasks(upstream, tasks), given, session);
    return undefined;
  },
};

async function follow(read: Read, given: Given, session: Session): Promise<void> {
  const pauseMs = spanOption('every', given.text('every') ?? '1s', everyMs);
  const span = given.text('for');
  const end = span === undefined ? Number.POSITIVE_INFINITY : session.now() + spanOption('for', span, forMs);
  let before = await read();
  for (const [name, funnel] of before) tell(session, name, funnel, '');
  while (session.now() < end && !session.signal.aborted) {
    await sleep(Math.min(pauseMs, end - session.now()), undefined, { signal: session.signal }).catch(() => {});
    if (session.signal.aborted) return;
    const after = await read();
    for (const [name, funnel] of after) {
      const news = gained(before.get(name) ?? emptyFunnel, funnel);
      if (news !== '') tell(session, name, funnel, news);
    }
    before = after;
  }
}

function tell(session: Session, name: string, funnel: Funnel, news: string): void {
  const at = new Date(session.now()).toISOString();
  const line = session.json
    ? JSON.stringify({ at, of: name, news, ...funnel })
    : `${session.style('dim', at.slice(11, 23))}  ${name}  ${funnelText(funnel)}${news === '' ? '' : `  ${session.style('good', news)}`}`;
  session.stdout.write(`${line}\n`);
}

function readDay(upstream: Upstream, session: Session): Read {
  return async () => {
    const day = new Date(session.now()).toISOString().slice(0, 10);
    const data = await upstream.call<SumReportData>('GET', `/report/push/date/${day}`);
    return new Map([[day, data[day]?.total ?? emptyFunnel]]);
  };
}

function readTasks(upstream: Upstream, tasks: string[]): Read {
  return async () => {
    const data = await upstream.call<TaskReportData>('GET', `/report/push/task/${tasks.join(',')}`);
    return new Map(tasks.map((task) => [task, data[task]?.total ?? emptyFunnel]));
  };
}
