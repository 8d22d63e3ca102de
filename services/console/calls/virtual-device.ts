import Type, { type Static } from 'typebox';
import { AppId, TimeMs } from '../../common/protocol/ids.ts';
import { endpoint } from './endpoint.ts';

/** What the SDK gives to its option `sign`. */
export const SignOrder = Type.Object({
  appId: AppId,
  ts: TimeMs,
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  /** `appId`, `ts` and `nonce` with line feeds between. */
  text: Type.String({ maxLength: 200 }),
});
export type SignOrder = Static<typeof SignOrder>;

export const virtualDeviceCalls = {
  signDevice: endpoint({
    method: 'POST',
    path: '/apps/:app/virtual-devices/sign',
    summary: 'Signs the registration of a virtual device; `sign` is what the option of that name of the SDK answers',
    needs: 'sender',
    params: Type.Object({ app: AppId }),
    body: SignOrder,
    answer: Type.Object({ sign: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
    example: {
      params: { app: 'demo' },
      body: {
        appId: 'demo',
        ts: 1_764_000_000_000,
        nonce: 'a'.repeat(32),
        text: `demo\n1764000000000\n${'a'.repeat(32)}`,
      },
    },
  }),
};
