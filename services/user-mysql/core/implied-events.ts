import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { isBroadcast } from '../../common/protocol/task-ids.ts';

/** What may happen to a message on a device, each once, in the order of its life. All else is a custom event. */
export const steps = ['target', 'sent', 'arrived', 'shown', 'clicked', 'dismissed'] as const;
export type Step = (typeof steps)[number];

const stepNames: ReadonlySet<string> = new Set(steps);

export function isStep(event: ReceiptEvent): event is Step {
  return stepNames.has(event);
}

const untilSent: Step[] = ['target', 'sent'];
const untilArrived: Step[] = [...untilSent, 'arrived'];
const impliedBy: Record<Step | 'custom', Step[]> = {
  target: ['target'],
  sent: untilSent,
  arrived: untilArrived,
  shown: [...untilArrived, 'shown'],
  clicked: [...untilArrived, 'clicked'],
  dismissed: [...untilArrived, 'dismissed'],
  custom: untilArrived,
};
const ofBroadcast = Object.fromEntries(
  Object.entries(impliedBy).map(([event, implied]) => [event, implied.filter((one) => one !== 'target')]),
) as typeof impliedBy;

/**
 * The steps that an event says have happened, itself included, earliest first: receipts of those before it may be late, or
 * lost with the process that had gathered them. `dismissed` and custom events need no more than the message's arrival. The
 * targets of a broadcast are counted together, so `target` is not implied for one.
 */
export function impliedSteps(event: ReceiptEvent, task: string): readonly Step[] {
  return (isBroadcast(task) ? ofBroadcast : impliedBy)[isStep(event) ? event : 'custom'];
}
