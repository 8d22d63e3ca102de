import { LongwireError } from '../../common/errors.ts';
import type { AwayRole, ConsoleErrorCode } from '../calls/errors.ts';
import { filled, type Reason, type ReasonParams, reasonTexts } from '../calls/reasons.ts';

export interface FaultDetails {
  /** The parameter or field at fault. */
  field?: string;
  /** What would be allowed there. */
  allowed?: string;
  /** Who doesn't answer, with `unavailable`. */
  role?: AwayRole;
  retryAfterMs?: number;
  /** Of the reason's text. */
  params?: ReasonParams;
  cause?: unknown;
}

/** An answer other than success. */
export class ConsoleFault extends Error {
  readonly code: ConsoleErrorCode;
  readonly reason: Reason;
  readonly details: FaultDetails;

  constructor(code: ConsoleErrorCode, reason: Reason, details: FaultDetails = {}) {
    super(
      filled(reasonTexts[reason], details.params ?? {}),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'ConsoleFault';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export function notFound(what: string): ConsoleFault {
  return new ConsoleFault('not_found', 'none_to_see', { params: { what } });
}

export function badField(field: string, reason: Reason, allowed?: string, params: ReasonParams = {}): ConsoleFault {
  return new ConsoleFault('bad_request', reason, { field, params, ...(allowed === undefined ? {} : { allowed }) });
}

/** What a role's refusal means in the call that is made. */
export type Refusals = Partial<Record<'bad_request' | 'conflict' | 'not_found', Reason>>;

/**
 * A call to a role. What it throws becomes an answer: a role that is away is named, what it refuses is passed on.
 *
 * @param within the field of this call that fields of the role's call are within
 * @throws ConsoleFault
 */
export async function asking<T>(
  role: AwayRole,
  call: Promise<T>,
  refusals: Refusals = {},
  within?: string,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw faultOf(role, error, refusals, within);
  }
}

export function faultOf(role: AwayRole, error: unknown, refusals: Refusals = {}, within?: string): unknown {
  if (!(error instanceof LongwireError)) return error;
  const { code, message, field } = error;
  if (code === 'bad_request' || code === 'conflict' || code === 'not_found') {
    const params = { role, said: message };
    const at = within === undefined || field === undefined ? field : `${within}.${field}`;
    const details = { params, cause: error, ...(at === undefined ? {} : { field: at }) };
    return new ConsoleFault(code, refusals[code] ?? 'role_refuses', details);
  }
  if (error.retryable) return new ConsoleFault('unavailable', 'role_away', { role, params: { role }, cause: error });
  return error;
}
