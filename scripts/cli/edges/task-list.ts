import type { ListedTask, TaskState } from '../../../services/common/protocol/task-list-calls.ts';
import { userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { ask, type Place } from './internal-call.ts';

/** Pages that are read; each looks at a thousand tasks at the most. */
const maxPages = 20;

export interface TaskFilter {
  state?: TaskState;
  group?: string;
}

/** An app's newest tasks that fit, at most `limit`, and whether the look ended before all were seen. @throws CliError */
export function listTasks(
  userMysql: Place,
  app: string,
  filter: TaskFilter,
  limit: number,
): Promise<{ tasks: ListedTask[]; more: boolean }> {
  return ask('user-mysql', userMysqlCalls, userMysql, async (calls) => {
    const tasks: ListedTask[] = [];
    let after: Awaited<ReturnType<typeof calls.listTasks>>['next'] = null;
    for (let page = 0; page < maxPages; page++) {
      const answer = await calls.listTasks({ app, ...filter, after, limit: limit - tasks.length });
      tasks.push(...answer.tasks);
      after = answer.next;
      if (after === null || tasks.length >= limit) break;
    }
    return { tasks, more: after !== null };
  });
}
