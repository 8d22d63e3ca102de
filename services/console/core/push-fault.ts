import { filled, type Reason, type ReasonParams, reasonTexts } from '../calls/reasons.ts';
import type { PushCheck } from '../calls/sends.ts';

/** What is wrong with one field of a push. */
export type PushFault = PushCheck['faults'][number];

export function pushFault(field: string, reason: Reason, allowed: string, params: ReasonParams = {}): PushFault {
  return { field, message: filled(reasonTexts[reason], params), allowed, reason, params: { ...params } };
}
