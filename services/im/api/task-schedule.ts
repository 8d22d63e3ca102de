import Type from 'typebox';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { PushContent } from '../../common/protocol/device-frames.ts';
import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { GivenTaskId } from '../../common/protocol/rest/fields.ts';
import { ScheduleData, type sendResults } from '../../common/protocol/rest/schedule.ts';
import type { ScheduleResult } from '../../common/protocol/schedule-calls.ts';
import { endpoint } from './endpoint.ts';
import { ApiFault } from './faults.ts';

/** How long before it is due a task can be cancelled at the latest. */
export const noticeMs = 60_000;
/** How long the store of schedules may take. */
const storeMs = 3_000;

const sendResultOf: Record<ScheduleResult, (typeof sendResults)[number]> = {
  waiting: 'do_not_send',
  sent: 'send_success',
  failed: 'send_failed',
  cancelled: 'has_delete',
};

export const scheduledTask = endpoint({
  name: 'task_schedule',
  method: 'GET',
  path: '/task/schedule/:taskid',
  summary: 'What became of a scheduled task',
  params: Type.Object({ taskid: GivenTaskId }),
  data: ScheduleData,
  codes: ['taskTime'],
  example: {
    params: { taskid: example.laterTask },
    data: {
      [example.laterTask]: {
        create_time: '1763996400000',
        push_time: '1763997000000',
        transmission_content: exampleMessage.transmission,
        send_result: 'do_not_send',
        status: 'success',
      },
    },
  },
  async handle({ deps }, { app, params }): Promise<ScheduleData> {
    const { schedule } = await deps.userMysql.scheduleOf({ app, task: params.taskid }, { deadlineMs: storeMs });
    if (!schedule) throw unknownTask();
    const { madeAt, dueAt, message, result } = schedule;
    return {
      [params.taskid]: {
        create_time: String(madeAt),
        push_time: String(dueAt),
        transmission_content: textOf('content' in message ? message.content : frameOf(message.record)),
        send_result: sendResultOf[result],
        status: result === 'failed' ? 'failed' : 'success',
      },
    };
  },
});

export const cancelSchedule = endpoint({
  name: 'task_schedule_cancel',
  method: 'DELETE',
  path: '/task/schedule/:taskid',
  summary: 'Cancel a scheduled task, a minute before it is due at the latest',
  params: Type.Object({ taskid: GivenTaskId }),
  codes: ['taskTime', 'scheduleRan'],
  example: { params: { taskid: example.laterTask } },
  async handle({ deps }, { app, params }) {
    const { outcome } = await deps.userMysql.cancelSchedule(
      { app, task: params.taskid, noticeMs },
      { deadlineMs: storeMs },
    );
    switch (outcome) {
      case 'cancelled':
        return;
      case 'late':
        throw new ApiFault('taskTime', 'the task is due in less than a minute');
      case 'ran':
        throw new ApiFault('scheduleRan', 'the scheduled task has run already');
      case 'unknown':
        throw unknownTask();
    }
  },
});

/** The same for a task that is unknown, not scheduled, or another app's. */
function unknownTask(): ApiFault {
  return new ApiFault('taskTime', 'taskid is invalid');
}

function frameOf(record: string): string {
  return (JSON.parse(record) as TaskRecord).body;
}

/** What a message says. @param json its push frame, or the content of that. */
function textOf(json: string): string {
  const content = JSON.parse(json) as PushContent;
  if ('transmission' in content) return content.transmission;
  return JSON.stringify('notification' in content ? content.notification : content.revoke);
}
