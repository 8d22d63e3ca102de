import Type, { type Static } from 'typebox';
import { batchCall } from '../rpc/contract.ts';
import { AppId, TimeMs } from './ids.ts';

/** A counter of an app for a window of time; windows begin at multiples of their length since the Unix epoch, UTC. */
const Counter = {
  name: Type.String({ pattern: '^[a-zA-Z]{1,32}$' }),
  windowMs: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
};

/** What one request uses up. The same `id` again is the same use. */
export const QuotaClaim = Type.Object({
  app: AppId,
  id: Type.String({ minLength: 8, maxLength: 64 }),
  /** Says which windows are meant: the same when the claim is repeated or returned. */
  at: TimeMs,
  uses: Type.Array(
    Type.Object({
      ...Counter,
      amount: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      /** The counter stays at or below it. */
      limit: Type.Integer({ minimum: 0 }),
    }),
    { minItems: 1, maxItems: 4 },
  ),
});
export type QuotaClaim = Static<typeof QuotaClaim>;

export const quotaCalls = {
  /** Adds a request's uses to their counters, all or none. Answers the first whose limit that would break, or null. */
  takeQuota: batchCall(QuotaClaim, Type.Object({ refused: Type.Union([Counter.name, Type.Null()]) })),
  /**
   * Undoes what was taken under this id less than 15 s ago, once. What was taken together with others, under an id of their own, is a `part`:
   * it is counted down once for its own id.
   */
  returnQuota: batchCall(
    Type.Object({ ...QuotaClaim.properties, part: Type.Optional(Type.Boolean()) }),
    Type.Object({}),
  ),
  /** What counters stand at in the window that holds `at`. */
  quotaUsed: batchCall(
    Type.Object({ app: AppId, at: TimeMs, ...Counter }),
    Type.Object({ used: Type.Integer({ minimum: 0 }) }),
  ),
};
