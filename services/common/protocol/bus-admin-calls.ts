import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { TimeMs } from './ids.ts';

const Name = Type.String({ minLength: 1, maxLength: 200 });
const Offset = Type.Integer({ minimum: 0 });

/** Why and from where a record was set aside: the key of its dead letter, as JSON. */
export const DeadLetterHead = Type.Object({
  topic: Name,
  group: Name,
  partition: Offset,
  /** Of the record in its topic. */
  offset: Offset,
  /** Of the record. */
  key: Type.String(),
  /** When the bus took the record. */
  at: TimeMs,
  code: Type.String(),
  message: Type.String(),
  /** The value was too large to be kept. */
  withoutValue: Type.Optional(Type.Boolean()),
});
export type DeadLetterHead = Static<typeof DeadLetterHead>;

/** Written behind a dead letter that was dealt with. */
export const DeadLetterEnd = Type.Object({ ends: Offset });

/** A dead letter as lists show it. `id`: its number, `setAsideAt`: when it was set aside. */
export const DeadLetterSummary = Type.Intersect([DeadLetterHead, Type.Object({ id: Offset, setAsideAt: TimeMs })]);
export type DeadLetterSummary = Static<typeof DeadLetterSummary>;

export const maxListedLetters = 500;
const readMs = 30_000;

/** Calls of user-mysql for whoever operates the bus. */
export const busAdminCalls = {
  /** Groups of every topic that roles consume, with how long they have had no members (ms) and what is behind them. */
  busGroups: call(
    Type.Object({}),
    Type.Object({
      groups: Type.Array(
        Type.Object({ topic: Name, group: Name, absentMs: Type.Integer(), behind: Type.Integer({ minimum: 0 }) }),
      ),
    }),
    readMs,
  ),
  /** @throws LongwireError `not_found`, or `conflict` while the group has members. Forgotten already: `not_found`. */
  forgetBusGroup: call(Type.Object({ topic: Name, group: Name }), Type.Object({}), readMs),
  /** Dead letters that were not dealt with, the latest of each record, at most `maxListedLetters`, the newest ones. */
  deadLetters: call(Type.Object({}), Type.Object({ letters: Type.Array(DeadLetterSummary) }), readMs),
  /** One with its value; null: there is none. */
  deadLetter: call(
    Type.Object({ id: Offset }),
    Type.Object({
      letter: Type.Union([Type.Intersect([DeadLetterSummary, Type.Object({ value: Type.String() })]), Type.Null()]),
    }),
    readMs,
  ),
  /**
   * Publishes the record to its topic and partition again, at the end, and ends its dead letter.
   *
   * @throws LongwireError `not_found` where there is none or it was dealt with, `conflict` where its value was not kept.
   */
  putBackDeadLetter: call(Type.Object({ id: Offset }), Type.Object({}), readMs),
  /** Ends a dead letter. @throws LongwireError `not_found` */
  dropDeadLetter: call(Type.Object({ id: Offset }), Type.Object({}), readMs),
};
export type BusAdminCalls = typeof busAdminCalls;
