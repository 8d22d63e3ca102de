import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import type { ListedTask, TaskListCalls } from '../../common/protocol/task-list-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { TaskItem, TaskView, Timeline, timelineSteps } from '../calls/tasks.ts';
import { messageViewOf } from './message-view.ts';

export type TaskDetail = NonNullable<Awaited<ReturnType<Client<TaskListCalls>['taskDetail']>>['task']>;
type Step = (typeof timelineSteps)[number];

export function taskItemOf({ task, at, audience, group, state, targets, arrived }: ListedTask): TaskItem {
  return { taskId: task, createdAt: at, audience, group, state, targets, arrived };
}

export function taskViewOf(detail: TaskDetail): TaskView {
  const { state, targets, arrived, counts, schedule, expiresAt, content } = detail;
  const by = new Map(counts.map(({ event, count }): [string, number] => [event, count]));
  const custom = counts.filter(({ event }) => event.startsWith('custom:'));
  const over = state === 'done' || state === 'stopped';
  return {
    ...taskItemOf(detail),
    counts: {
      target: by.get('target') ?? 0,
      sent: by.get('sent') ?? 0,
      arrived: by.get('arrived') ?? 0,
      shown: by.get('shown') ?? 0,
      clicked: by.get('clicked') ?? 0,
      dismissed: by.get('dismissed') ?? 0,
      failed: over ? Math.max(0, targets - arrived) : null,
      custom: Object.fromEntries(custom.map(({ event, count }) => [event.slice('custom:'.length), count])),
    },
    ...{ schedule, expiresAt, message: messageViewOf(content) },
    canStop: canStop(detail),
    canRecall: canRecall(detail),
  };
}

/** What is scheduled is cancelled, what is kept is stopped; a push to one device is on its way at once. */
export function canStop({ state, kept, schedule }: TaskDetail): boolean {
  return state === 'scheduled' ? schedule !== null : kept && state === 'running';
}

/** Whether some device may have it, and it isn't itself what takes another back. */
export function canRecall({ state, targets, audience, content }: TaskDetail): boolean {
  if (state === 'scheduled' || messageViewOf(content)?.kind === 'revoke') return false;
  return targets > 0 || ((audience === 'all' || audience === 'tag') && state !== 'unknown');
}

const stepOf: Partial<Record<ReceiptEvent, Step>> = {
  // A device becomes a target with the time at which the message was accepted or, of a scheduled one, due.
  target: 'accepted',
  sent: 'sent',
  arrived: 'arrived',
  shown: 'shown',
  clicked: 'clicked',
  dismissed: 'dismissed',
};

/** The way of a message to a device: steps whose time is known, in their order. */
export function timelineOf(
  detail: Pick<TaskDetail, 'at' | 'audience' | 'schedule'>,
  { events, storedAt }: { events: readonly { event: ReceiptEvent; at: number }[]; storedAt?: number },
): Timeline['steps'] {
  const times = new Map<Step, number>();
  for (const { event, at } of events) {
    const step = stepOf[event];
    if (step) times.set(step, at);
  }
  if (storedAt !== undefined) times.set('stored', storedAt);
  // Nobody is a target of a broadcast by itself.
  if (detail.audience === 'all' && !times.has('accepted')) times.set('accepted', detail.at);
  const { schedule } = detail;
  if (schedule) {
    times.set('accepted', schedule.madeAt);
    if (schedule.result === 'sent') times.set('planned', schedule.dueAt);
  }
  return order.flatMap((step) => {
    const at = times.get(step);
    return at === undefined ? [] : [{ step, at }];
  });
}

const order: readonly Step[] = ['accepted', 'planned', 'stored', 'sent', 'arrived', 'shown', 'clicked', 'dismissed'];
