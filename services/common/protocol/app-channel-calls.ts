import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { channelCredentials, vendorKinds } from './channel-credentials.ts';
import { AppId, TimeMs } from './ids.ts';

const Kind = Type.Enum([...vendorKinds]);

/** A channel of an app as it may be shown: of its credentials what is no secret, and a fingerprint of the rest. */
export const AppChannel = Type.Object({
  kind: Kind,
  setAt: TimeMs,
  shown: Type.Record(Type.String(), Type.String()),
});
export type AppChannel = Static<typeof AppChannel>;

/** One kind with credentials of that kind. */
const Credentials = Type.Union([
  Type.Object({ kind: Type.Literal('fcm'), credentials: channelCredentials.fcm }),
  Type.Object({ kind: Type.Literal('apns'), credentials: channelCredentials.apns }),
  Type.Object({ kind: Type.Literal('huawei'), credentials: channelCredentials.huawei }),
  Type.Object({ kind: Type.Literal('xiaomi'), credentials: channelCredentials.xiaomi }),
  Type.Object({ kind: Type.Literal('oppo'), credentials: channelCredentials.oppo }),
  Type.Object({ kind: Type.Literal('vivo'), credentials: channelCredentials.vivo }),
  Type.Object({ kind: Type.Literal('honor'), credentials: channelCredentials.honor }),
  Type.Object({ kind: Type.Literal('harmony'), credentials: channelCredentials.harmony }),
]);
export type AppCredentials = Static<typeof Credentials>;

export const appChannelCalls = {
  /**
   * Keeps an app's credentials of one kind, encrypted, in place of those before.
   *
   * @throws LongwireError `not_found`: no such app; `bad_request` with `field`: what is wrong with a key; `unavailable`:
   * user-mysql has no key to encrypt with.
   */
  setAppChannel: call(Type.Object({ appId: AppId, channel: Credentials }), Type.Object({ channel: AppChannel })),
  /** Forgets them; nothing is said of those that aren't there. */
  removeAppChannel: call(Type.Object({ appId: AppId, kind: Kind }), Type.Object({})),
  /** The channels of an app, by kind. Nothing secret is in the answer. */
  appChannels: call(
    Type.Object({ appId: AppId }),
    Type.Object({
      channels: Type.Array(AppChannel),
      /** Whether there is a key to encrypt credentials with; missing: a version that doesn't say. */
      keepsCredentials: Type.Optional(Type.Boolean()),
    }),
  ),
  /** The credentials themselves, for whoever sends. Those that no key here opens are left out and told of in the log. */
  appCredentials: call(Type.Object({ appId: AppId }), Type.Object({ channels: Type.Array(Credentials) })),
};
