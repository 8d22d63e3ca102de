import Type from 'typebox';
import { TaskId } from '../../common/protocol/ids.ts';
import { TaskDetailData } from '../../common/protocol/rest/report.ts';
import { endpoint } from './endpoint.ts';
import { checkOwnCids } from './targets.ts';

export const taskDetail = endpoint({
  name: 'task_detail',
  method: 'GET',
  path: '/task/detail/:cid/:taskid',
  summary: 'What happened to a task on one device',
  params: Type.Object({ cid: Type.String(), taskid: TaskId }),
  data: TaskDetailData,
  async handle(context, { app, params }) {
    checkOwnCids(context, app, [params.cid]);
    const { events } = await context.deps.userMysql.deviceEvents({ app, task: params.taskid, cid: params.cid });
    const detail = events.map(({ event, at }) => ({ time: String(at), event }));
    return { deatil: detail, detail };
  },
});
