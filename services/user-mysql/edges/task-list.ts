import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import {
  type taskListCalls as contract,
  type ListedTask,
  maxTaskCandidates,
  type TaskKey,
} from '../../common/protocol/task-list-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type Query, scheduleQuery, taskQuery } from '../core/task-query.ts';
import { audienceOf, endOf, taskStateOf } from '../core/task-state.ts';
import type { Database } from '../database.ts';
import { countsOfTasks } from './reports.ts';
import { type Candidate, factsOf, type Known } from './task-facts.ts';

type Calls = Pick<Handlers<typeof contract>, 'listTasks' | 'taskDetail'>;

/** Tasks of an app, as people look for them. */
export function taskListCalls(database: Database, now: () => number): Calls {
  const find = ({ text, values }: Query): Promise<Candidate[]> => database.rows<Candidate>(text, values);

  return {
    async listTasks({ app, state, limit, ...filter }) {
      const looked = state === undefined ? limit : maxTaskCandidates;
      const where = { app, ...filter };
      // One more than is looked at says whether there are more.
      const found = [...(await find(taskQuery(where, looked + 1))), ...(await find(scheduleQuery(where, looked + 1)))];
      const candidates = found.sort(newestFirst).slice(0, looked);
      const facts = await factsOf(database, app, candidates);
      const at = now();
      const tasks: ListedTask[] = [];
      let last: TaskKey | null = null;
      for (const candidate of candidates) {
        if (tasks.length === limit) return { tasks, next: last };
        const listed = listedOf(candidate, facts.get(candidate.task)!, at);
        if (state === undefined || listed.state === state) tasks.push(listed);
        last = { at: candidate.at, task: candidate.task };
      }
      return { tasks, next: found.length > looked ? last : null };
    },

    async taskDetail({ app, task }) {
      const where = { app, task, after: null };
      const [candidate] = [...(await find(taskQuery(where, 1))), ...(await find(scheduleQuery(where, 1)))];
      if (!candidate) return { task: null };
      const [counts] = await countsOfTasks(database, [{ app, task }]);
      // State and figures are of one reading: something may have been counted since the task was found.
      const counted = (event: string): number => counts?.find((one) => one.event === event)?.count ?? 0;
      const latest = counts ? { ...candidate, targets: counted('target'), arrived: counted('arrived') } : candidate;
      const known = (await factsOf(database, app, [latest])).get(task)!;
      const [kept] = await database.rows<{ content: string | null; record: string | null }>(
        `SELECT (SELECT content FROM saved_task WHERE app_id = ? AND task_id = ?) AS content,
           COALESCE((SELECT record FROM tag_job WHERE app_id = ? AND task_id = ?),
             (SELECT record FROM schedule WHERE app_id = ? AND task_id = ? AND part = '')) AS record`,
        [app, task, app, task, app, task],
      );
      const { where: tags, body } = partsOf(kept?.record ?? null);
      const { schedule, saved } = known;
      return {
        task: {
          ...listedOf(latest, known, now()),
          counts: counts ?? [],
          expiresAt: saved || schedule ? endOf(known) : null,
          schedule: schedule ? { madeAt: schedule.madeAt, dueAt: schedule.dueAt, result: schedule.result } : null,
          content: kept?.content ?? body,
          kept: saved !== undefined,
          where: tags,
        },
      };
    },
  };
}

function listedOf({ task, at, group }: Candidate, facts: Known, now: number): ListedTask {
  const { targets, arrived } = facts;
  return { task, at, audience: audienceOf(facts), group, state: taskStateOf(facts, now), targets, arrived };
}

function newestFirst(left: Candidate, right: Candidate): number {
  if (left.at !== right.at) return right.at - left.at;
  return left.task < right.task ? 1 : -1;
}

/** What the record of a task for the planner says of its devices and its message; it was checked when it was kept. */
function partsOf(record: string | null): { where: TagWhere | null; body: string | null } {
  if (!record) return { where: null, body: null };
  const { audience, body } = JSON.parse(record) as { audience?: { where?: TagWhere }; body?: string };
  return { where: audience?.where ?? null, body: body ?? null };
}
