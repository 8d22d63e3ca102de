/**
 * The one error taxonomy. Every failure that crosses a boundary (an internal call, the bus, a socket) is a
 * `LongwireError` with a code from this list; one table says what each code means at each edge.
 */
export const errorCodes = [
  'bad_request',
  'unauthorized',
  'not_found',
  'conflict',
  'too_large',
  'rate_limited',
  'overloaded',
  'unavailable',
  'timeout',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

interface Meaning {
  httpStatus: number;
  /** Whether the same call may succeed if it is made again unchanged. */
  retryable: boolean;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export const errorTable: Record<ErrorCode, Meaning> = {
  bad_request: { httpStatus: 400, retryable: false, logLevel: 'info' },
  unauthorized: { httpStatus: 401, retryable: false, logLevel: 'warn' },
  not_found: { httpStatus: 404, retryable: false, logLevel: 'info' },
  conflict: { httpStatus: 409, retryable: false, logLevel: 'info' },
  too_large: { httpStatus: 413, retryable: false, logLevel: 'info' },
  rate_limited: { httpStatus: 429, retryable: false, logLevel: 'info' },
  overloaded: { httpStatus: 503, retryable: true, logLevel: 'warn' },
  unavailable: { httpStatus: 503, retryable: true, logLevel: 'warn' },
  timeout: { httpStatus: 504, retryable: true, logLevel: 'warn' },
  internal: { httpStatus: 500, retryable: true, logLevel: 'error' },
};

export interface ErrorDetails {
  /** The field at fault, where there is one. */
  field?: string;
  cause?: unknown;
}

export class LongwireError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LongwireError';
    this.code = code;
    this.field = details.field;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** Wraps whatever was thrown; a `LongwireError` passes through as it is. */
export function toLongwireError(thrown: unknown, code: ErrorCode = 'internal'): LongwireError {
  if (thrown instanceof LongwireError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LongwireError(code, message, { cause: thrown });
}
