import Type from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, Cid, TimeMs } from './ids.ts';

/** Badges are from 0 to this. */
export const maxBadge = 999_999_999;

export const deviceCalls = {
  /** What is kept of each device; null for one that the app doesn't have. */
  deviceDetails: batchCall(
    Type.Object({ app: AppId, cid: Cid }),
    Type.Union([
      Type.Object({
        platform: Type.String(),
        model: Type.Union([Type.String(), Type.Null()]),
        registeredAt: TimeMs,
        badge: Type.Integer({ minimum: 0, maximum: maxBadge }),
      }),
      Type.Null(),
    ]),
  ),
  /** Sets the badges of devices, or adds to them. `change` names the change: made again right after, it does nothing. */
  changeBadges: call(
    Type.Object({
      app: AppId,
      cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }),
      change: Type.String({ pattern: '^[0-9a-zA-Z-]{1,64}$' }),
      to: Type.Union([
        Type.Object({ set: Type.Integer({ minimum: 0, maximum: maxBadge }) }),
        Type.Object({ add: Type.Integer({ minimum: -maxBadge, maximum: maxBadge }) }),
      ]),
    }),
    Type.Object({}),
  ),
};
