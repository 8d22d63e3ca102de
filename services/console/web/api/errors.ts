/** Codes of the backend's errors, and two of the page's own. */
export const errorCodes = [
  'bad_request',
  'not_signed_in',
  'bad_credentials',
  'forbidden',
  'password_change_needed',
  'bad_csrf',
  'not_found',
  'method_not_allowed',
  'conflict',
  'too_large',
  'locked',
  'too_many_attempts',
  'internal',
  'unavailable',
  'no_answer',
  'unexpected',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface Fault extends Partial<ReasonOf> {
  message?: string;
  /** The field at fault. */
  field?: string | undefined;
  /** The role that doesn't answer, of `unavailable`. */
  role?: string | undefined;
  /** When to try again, of `too_many_attempts`. */
  retryAfterS?: number | undefined;
}

/** Why, as the backend names it, and what stands in the reason's text. */
export interface ReasonOf {
  reason: string;
  params: Readonly<Record<string, string | number>>;
}

/** A call that failed. Pages show it by its code, in the reader's language. */
export class CallError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;

  constructor(code: ErrorCode, fault: Fault = {}) {
    super(fault.message ?? code);
    this.name = 'CallError';
    this.code = code;
    this.fault = fault;
  }
}

/** @param body what the backend answered, if it was JSON. */
export function errorOf(status: number, body: unknown, retryAfter: string | null): CallError {
  const error = (body as { error?: { code?: unknown } & Fault } | undefined)?.error;
  const known = errorCodes.find((code) => code === error?.code);
  if (error === undefined || known === undefined) {
    return new CallError(status === 502 || status === 503 || status === 504 ? 'no_answer' : 'unexpected');
  }
  const seconds = Number(error.retryAfterS ?? retryAfter);
  return new CallError(known, {
    message: String(error.message ?? ''),
    ...(typeof error.reason === 'string' ? { reason: error.reason, params: error.params ?? {} } : {}),
    field: error.field,
    role: error.role,
    retryAfterS: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
  });
}

/** Anything that was thrown, as an error of a call. */
export function asCallError(error: unknown): CallError {
  return error instanceof CallError ? error : new CallError('unexpected', { message: String(error) });
}
