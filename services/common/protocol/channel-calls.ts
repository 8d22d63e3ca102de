import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { vendorKinds } from './channel-credentials.ts';
import { AppId, Cid } from './ids.ts';

/** Ways to reach a device besides its connection; each has an adapter of its own. */
export const channelKinds = ['webpush', ...vendorKinds] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** How `settings.strategy` and reports call a channel: Getui's names, and Longwire's own where Getui has none. */
export const channelNames = {
  webpush: 'webpush',
  fcm: 'fcm',
  apns: 'ios',
  huawei: 'hw',
  xiaomi: 'xm',
  oppo: 'op',
  vivo: 'vv',
  honor: 'ho',
  harmony: 'hoshw',
} as const satisfies Record<ChannelKind, string>;

/** The longest endpoint that is taken. */
export const maxEndpointLength = 2_048;

/** A subscription as a browser gives it, checked, without what nobody here reads. */
export const WebPushSubscription = Type.Object({
  endpoint: Type.String({ maxLength: maxEndpointLength, pattern: '^https://' }),
  keys: Type.Object({
    /** A point of P-256, uncompressed: 65 bytes as base64url. */
    p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{87}$' }),
    /** 16 bytes as base64url. */
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
  }),
});
export type WebPushSubscription = Static<typeof WebPushSubscription>;

/** The longest token of a vendor that is taken. */
export const maxTokenLength = 4_096;

/** Of the channels of vendors: what the vendor's SDK gave the app. */
export const TokenSubscription = Type.Object({
  token: Type.String({ minLength: 1, maxLength: maxTokenLength, pattern: '^[!-~]+$' }),
});
export type TokenSubscription = Static<typeof TokenSubscription>;

export const Channel = Type.Union([
  Type.Object({ kind: Type.Literal('webpush'), subscription: WebPushSubscription }),
  Type.Object({ kind: Type.Enum([...vendorKinds]), subscription: TokenSubscription }),
]);
export type Channel = Static<typeof Channel>;

export const channelCalls = {
  /**
   * Keeps a device's subscription in place of the one of that kind, or drops it (null).
   *
   * @throws LongwireError `not_found` for a device that the app doesn't have, `bad_request` for a subscription of another kind.
   */
  setChannel: call(
    Type.Object({
      app: AppId,
      cid: Cid,
      kind: Type.Enum([...channelKinds]),
      subscription: Type.Union([WebPushSubscription, TokenSubscription, Type.Null()]),
    }),
    Type.Object({}),
  ),
  /** Drops subscriptions that are of no use any more; one that was replaced meanwhile stays. */
  dropChannels: batchCall(Type.Object({ app: AppId, cid: Cid, channel: Channel }), Type.Object({})),
  /** The channels of each device. */
  channelsOf: batchCall(Type.Object({ app: AppId, cid: Cid }), Type.Object({ channels: Type.Array(Channel) })),
};
