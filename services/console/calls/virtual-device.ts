import Type, { type Static } from 'typebox';
import { AppId, TimeMs } from '../../common/protocol/ids.ts';

export const VirtualDeviceParams = Type.Object({ app: AppId });

/** What the SDK gives to its option `sign`. */
export const SignOrder = Type.Object({
  appId: AppId,
  ts: TimeMs,
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  /** `appId`, `ts` and `nonce` with line feeds between. */
  text: Type.String({ maxLength: 200 }),
});
export type SignOrder = Static<typeof SignOrder>;

/** What that option answers: the signature, hex. */
export const SignAnswer = Type.String({ pattern: '^[0-9a-f]{64}$' });
export type SignAnswer = Static<typeof SignAnswer>;
