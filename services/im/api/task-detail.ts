import Type from 'typebox';
import { example } from '../../common/protocol/rest/examples.ts';
import { GivenCid, GivenTaskId } from '../../common/protocol/rest/fields.ts';
import { TaskDetailData } from '../../common/protocol/rest/report.ts';
import { endpoint } from './endpoint.ts';
import { checkOwnCids } from './targets.ts';

const exampleEvents = [
  { time: '1763996400000', event: 'sent' },
  { time: '1763996400120', event: 'arrived' },
];

export const taskDetail = endpoint({
  name: 'task_detail',
  method: 'GET',
  path: '/task/detail/:cid/:taskid',
  summary: 'What happened to a task on one device',
  params: Type.Object({ cid: GivenCid, taskid: GivenTaskId }),
  data: TaskDetailData,
  example: {
    params: { cid: example.cid, taskid: example.singleTask },
    data: { deatil: exampleEvents, detail: exampleEvents },
  },
  async handle(context, { app, params }) {
    checkOwnCids(context, app, [params.cid]);
    const { events } = await context.deps.userMysql.deviceEvents({ app, task: params.taskid, cid: params.cid });
    const detail = events.map(({ event, at }) => ({ time: String(at), event }));
    return { deatil: detail, detail };
  },
});
