import type { RestCode } from '../../common/protocol/rest/codes.ts';

/** An answer other than success: what kind, and the text that goes into `msg`. */
export class ApiFault extends Error {
  readonly kind: RestCode;

  constructor(kind: RestCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ApiFault';
    this.kind = kind;
  }
}

export function invalid(parameter: string): ApiFault {
  return new ApiFault('parameter', `${parameter} is invalid`);
}

export function empty(parameter: string): ApiFault {
  return new ApiFault('parameter', `${parameter} can not be empty`);
}

export function wrongType(parameter: string): ApiFault {
  return new ApiFault('parameter', `${parameter} type error`);
}

export function overLimit(parameter: string): ApiFault {
  return new ApiFault('parameter', `${parameter} size over limit`);
}

export function duplicate(parameter: string): ApiFault {
  return new ApiFault('parameter', `contains duplicate ${parameter}`);
}

/** The one answer for a cid that is foreign, invented or misspelt, and for an alias that nobody has. */
export function invalidTarget(): ApiFault {
  return new ApiFault('parameter', 'target user is invalid');
}

/** Nothing was confirmed: clients repeat the call, a push with its request_id, which makes the same task should the bus have it after all. */
export function busy(cause?: unknown): ApiFault {
  return new ApiFault('busy', 'service is busy, repeat with the same request_id', cause);
}
