import { filled, type Reason } from '../../calls/reasons.ts';
import type { ReasonOf } from '../api/errors.ts';
import type { Dictionary } from './dictionary.ts';

/** Why, in the reader's language; undefined: nothing is known, or no more than which role is away. */
export function reasonText({ reason, params = {} }: Partial<ReasonOf>, t: Dictionary): string | undefined {
  if (reason === undefined || !Object.hasOwn(t.reasons, reason) || reason === 'role_away') return undefined;
  const { form } = params;
  if (form === undefined) return filled(t.reasons[reason as Reason], params);
  const known = t.forms === null ? form : t.forms[form];
  return known === undefined ? t.reasons.wrong_form : filled(t.reasons[reason as Reason], { form: known });
}
