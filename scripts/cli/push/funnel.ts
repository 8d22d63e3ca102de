import type { Counts } from '../../../services/common/protocol/rest/report.ts';

/** How far a task has got: devices at each step. */
export type Funnel = Counts;

const steps: [keyof Funnel, string][] = [
  ['msg_num', 'for'],
  ['target_num', 'sent'],
  ['receive_num', 'arrived'],
  ['display_num', 'shown'],
  ['click_num', 'clicked'],
];

export const emptyFunnel: Funnel = { msg_num: 0, target_num: 0, receive_num: 0, display_num: 0, click_num: 0 };

/** `for 3 → sent 3 → arrived 2 → shown 1 → clicked 0` */
export function funnelText(funnel: Funnel): string {
  return steps.map(([key, name]) => `${name} ${funnel[key]}`).join(' → ');
}

/** What has come since: `+3 sent, +2 arrived`; empty if nothing has. */
export function gained(before: Funnel, after: Funnel): string {
  const parts = steps
    .filter(([key]) => after[key] > before[key])
    .map(([key, name]) => `+${after[key] - before[key]} ${name}`);
  return parts.join(', ');
}

/** It arrived wherever it was meant for: devices are known, and none is missing. */
export function hasArrived({ msg_num, receive_num }: Funnel): boolean {
  return msg_num > 0 && receive_num >= msg_num;
}
