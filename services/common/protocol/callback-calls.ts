import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { AppId, TimeMs } from './ids.ts';

const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/**
 * Why nobody answered. refused: the connection. no_host: the name has no address. closed: the connection ended before an answer.
 * address: it is none that may be called.
 */
export const callbackFailures = ['refused', 'no_host', 'timeout', 'closed', 'certificate', 'address', 'other'] as const;
export type CallbackFailure = (typeof callbackFailures)[number];
const Failure = Type.Optional(Type.Enum([...callbackFailures]));

/** One try to tell an upstream of receipts. */
export const CallbackTry = Type.Object({
  at: TimeMs,
  /** The HTTP status of the answer; null: there was none. */
  status: orNull(Type.Integer()),
  /** Why there was none. */
  error: orNull(Type.String({ maxLength: 200 })),
  /** The kind of `error`; instances of earlier versions don't say it. */
  failure: Failure,
  /** Receipts in the body. */
  records: Type.Integer({ minimum: 0 }),
});
export type CallbackTry = Static<typeof CallbackTry>;

/** What a test of a callback URL came to. */
export const CallbackTest = Type.Object({
  status: CallbackTry.properties.status,
  ms: Type.Integer({ minimum: 0 }),
  error: CallbackTry.properties.error,
  failure: Failure,
});
export type CallbackTest = Static<typeof CallbackTest>;

/** Tries of one app that an instance remembers. */
export const maxCallbackTries = 20;

/** Calls of an instance of im at its ops port. */
export const callbackCalls = {
  /** The last tries of this instance, newest first; null: it doesn't tell upstreams. */
  callbackTries: call(Type.Object({ app: AppId }), Type.Object({ tries: orNull(Type.Array(CallbackTry)) })),
  /**
   * Sends one line to the app's callback URL, signed like a real one, of a task `longwire_test` and a cid of zeros. A repeat sends one more.
   *
   * @throws LongwireError `not_found` if there is no such app, `conflict` with `field` if it has no callbackUrl,
   * `unavailable` from an instance that doesn't tell upstreams.
   */
  testCallback: call(Type.Object({ app: AppId }), CallbackTest, 12_000),
};
export type CallbackCalls = typeof callbackCalls;
