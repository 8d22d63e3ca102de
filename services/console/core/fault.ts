import { LongwireError } from '../../common/errors.ts';
import type { AwayRole, ConsoleErrorCode } from '../calls/errors.ts';

export interface FaultDetails {
  /** The parameter or field at fault. */
  field?: string;
  /** What would be allowed there. */
  allowed?: string;
  /** Who doesn't answer, with `unavailable`. */
  role?: AwayRole;
  retryAfterMs?: number;
  cause?: unknown;
}

/** An answer other than success. */
export class ConsoleFault extends Error {
  readonly code: ConsoleErrorCode;
  readonly details: FaultDetails;

  constructor(code: ConsoleErrorCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ConsoleFault';
    this.code = code;
    this.details = details;
  }
}

export function notFound(what: string): ConsoleFault {
  return new ConsoleFault('not_found', `there is no such ${what}, or none that you may see`);
}

export function badField(field: string, message: string, allowed?: string): ConsoleFault {
  return new ConsoleFault(
    'bad_request',
    `${field}: ${message}`,
    allowed === undefined ? { field } : { field, allowed },
  );
}

/**
 * A call to a role. What it throws becomes an answer: a role that is away is named, what it refuses is passed on.
 *
 * @throws ConsoleFault
 */
export async function asking<T>(role: AwayRole, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw faultOf(role, error);
  }
}

export function faultOf(role: AwayRole, error: unknown): unknown {
  if (!(error instanceof LongwireError)) return error;
  const { code, message, field } = error;
  const details = field === undefined ? { cause: error } : { field, cause: error };
  if (code === 'bad_request' || code === 'conflict' || code === 'not_found') {
    return new ConsoleFault(code, message, details);
  }
  if (error.retryable) {
    return new ConsoleFault('unavailable', `${role} doesn't answer`, { role, cause: error });
  }
  return error;
}
