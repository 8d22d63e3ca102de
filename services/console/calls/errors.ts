import Type, { type Static } from 'typebox';
import { reasons } from './reasons.ts';

/** Every code that a call may be answered with, and its status. Pages translate by code. */
export const errorStatus = {
  bad_request: 400,
  not_signed_in: 401,
  bad_credentials: 401,
  forbidden: 403,
  /** The operator has to change the password before anything else. */
  password_change_needed: 403,
  /** `x-csrf-token` is missing or wrong, or the request comes from another site. */
  bad_csrf: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  /** Too many wrong passwords for this name. */
  locked: 423,
  too_many_attempts: 429,
  internal: 500,
  /** `role` says who doesn't answer. */
  unavailable: 503,
} as const;
export type ConsoleErrorCode = keyof typeof errorStatus;
export const errorCodes = Object.keys(errorStatus) as ConsoleErrorCode[];

/** Who may be away: a role, or something outside that the console asks. */
export const awayRoles = [
  'user-mysql',
  'user-redis',
  'im',
  'cm',
  'prometheus',
  'identity provider',
  'console',
] as const;
export type AwayRole = (typeof awayRoles)[number];

/** What a message says and what stands in it: pages say it in the reader's language. */
export const ReasonParts = {
  reason: Type.Enum(reasons),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
};

export const ErrorAnswer = Type.Object({
  error: Type.Object({
    code: Type.Enum(errorCodes),
    /** English, for whoever reads the answer itself. */
    message: Type.String(),
    ...ReasonParts,
    /** The parameter or field at fault: `limit`, `quotas.pushesPerDay`. */
    field: Type.Optional(Type.String()),
    /** What would be allowed there. */
    allowed: Type.Optional(Type.String()),
    role: Type.Optional(Type.Enum([...awayRoles])),
    /** When to try again, with `locked` and `too_many_attempts`: seconds. */
    retryAfterS: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;
