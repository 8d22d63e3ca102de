import Type from 'typebox';
import { example } from '../../common/protocol/rest/examples.ts';
import { GivenTaskId } from '../../common/protocol/rest/fields.ts';
import { endpoint } from './endpoint.ts';
import { invalid } from './faults.ts';

/** How long each of the two stores may take. */
const storeMs = 3_000;

export const stopTask = endpoint({
  name: 'task_stop',
  method: 'DELETE',
  path: '/task/:taskid',
  summary: 'Stop a task to lists, to a tag or to a whole app: what is not delivered yet never is',
  params: Type.Object({ taskid: GivenTaskId }),
  example: { params: { taskid: example.listTask } },
  async handle({ deps }, { app, params }) {
    // Single pushes are not kept, so they are not found either. Marked first: a planner that looks later plans nothing
    // more, and what it has planned by then finds the message taken back.
    const { task } = await deps.userMysql.markStopped({ app, task: params.taskid }, { deadlineMs: storeMs });
    if (!task) throw invalid('taskid');
    await deps.userRedis.stopTasks({ items: [{ task: task.task, until: task.exp }] }, { deadlineMs: storeMs });
  },
});
