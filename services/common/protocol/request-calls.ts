import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, Cid, TimeMs } from './ids.ts';
import { quotaCalls } from './quota-calls.ts';

/** A request of an app, and who reserves it. */
const Reserved = {
  app: AppId,
  requestId: Type.String({ minLength: 1, maxLength: 64 }),
  owner: Type.String({ maxLength: 64 }),
};

/** What the api asks of a request before it does it. */
const lookupCalls = {
  /** Whether devices are online, how many messages wait for each, and when each last attached (null: not in memory). */
  status: batchCall(
    Type.Object({ cid: Cid }),
    Type.Object({
      online: Type.Boolean(),
      depth: Type.Integer(),
      attachedAt: Type.Union([TimeMs, Type.Null()]),
      blacklisted: Type.Optional(Type.Literal(true)),
    }),
    1_000,
  ),
  /**
   * Reserves a request id for 24 h. `mine`: do the work, then `settle` or `release` it; `running`: somebody else does
   * it until its lease of `leaseMs` runs out, ask again; `done`: here is the first answer. `day` is the UTC day (MMDD)
   * of the first reservation, part of the task's id.
   */
  reserve: batchCall(
    Type.Object({
      ...Reserved,
      day: Type.String({ pattern: '^[0-9]{4}$' }),
      leaseMs: Type.Integer({ minimum: 100, maximum: 60_000 }),
    }),
    Type.Object({
      state: Type.Enum(['mine', 'running', 'done']),
      day: Type.String(),
      answer: Type.Optional(Type.String()),
      /** Of the body that was sent with it first: the last part of that owner's name, `instance:random:mark`. */
      mark: Type.Optional(Type.String()),
    }),
    1_000,
  ),
  tokenRevoked: batchCall(
    Type.Object({ tokenId: Type.String({ maxLength: 64 }) }),
    Type.Object({ revoked: Type.Boolean() }),
    1_000,
  ),
  takeQuota: quotaCalls.takeQuota,
};
export type LookupCalls = typeof lookupCalls;

export const requestCalls = {
  ...lookupCalls,
  /**
   * What all requests of a turn ask, as one call: each part is what the call of that name is. All of it fails if one part does. A version
   * before this one doesn't know it.
   */
  accept: call(
    Type.Object({
      status: Type.Optional(lookupCalls.status.request),
      reserve: Type.Optional(lookupCalls.reserve.request),
      tokenRevoked: Type.Optional(lookupCalls.tokenRevoked.request),
      takeQuota: Type.Optional(lookupCalls.takeQuota.request),
    }),
    Type.Object({
      status: Type.Optional(lookupCalls.status.response),
      reserve: Type.Optional(lookupCalls.reserve.response),
      tokenRevoked: Type.Optional(lookupCalls.tokenRevoked.response),
      takeQuota: Type.Optional(lookupCalls.takeQuota.response),
    }),
    1_000,
  ),
  settle: batchCall(
    Type.Object({
      ...Reserved,
      answer: Type.String({ maxLength: 4_096 }),
    }),
    Type.Object({}),
    1_000,
  ),
  release: batchCall(
    Type.Object({
      ...Reserved,
    }),
    Type.Object({}),
    1_000,
  ),
};
export type RequestCalls = typeof requestCalls;
export type AcceptCall = typeof requestCalls.accept;
export type AcceptRequest = Static<typeof requestCalls.accept.request>;
export type AcceptResponse = Static<typeof requestCalls.accept.response>;
