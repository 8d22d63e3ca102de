import Type, { type Static } from 'typebox';
import { integer, maxTimeMs } from './fields.ts';

export const maxTtlMs = 3 * 86_400_000;
/** How far ahead a push may be scheduled. */
export const maxAheadMs = 7 * 86_400_000;

export const Settings = Type.Object({
  ttl: integer(-1, maxTtlMs, 'ms that the message is kept for a device that is away, 2 h by default; -1: not at all'),
  strategy: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 4 }), {
      maxProperties: 32,
      description: 'How each vendor channel is used, `default` for those not named: 1 offline, 2 and 4 always, 3 never',
    }),
  ),
  speed: integer(0, Number.MAX_SAFE_INTEGER, 'Messages a second of a task to a whole app; 0: unlimited'),
  schedule_time: integer(0, maxTimeMs, 'When to send, ms since the Unix epoch, up to 7 days ahead'),
});
export type Settings = Static<typeof Settings>;
