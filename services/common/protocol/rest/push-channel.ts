import Type, { type Static } from 'typebox';
import { text, word } from './fields.ts';

/** Characters of a push_channel, as JSON, at the most. */
export const maxPushChannelLength = 4_096;

export const urgencies = ['very-low', 'low', 'normal', 'high'] as const;

/** What vendors' channels are to send in place of the message itself; adapters take the fields that they know. */
const vendorsOf = (description: string) => Type.Object({}, { description });

export const WebPushOrders = Type.Object(
  {
    title: Type.Optional(text(50)),
    body: Type.Optional(text(256)),
    url: Type.Optional(text(1_024)),
    urgency: Type.Optional(word(urgencies)),
  },
  {
    description: 'Web Push: what to show instead of the notification, or of a transmission, which needs title and body',
  },
);
export type WebPushOrders = Static<typeof WebPushOrders>;

export const PushChannel = Type.Object(
  {
    android: Type.Optional(vendorsOf('Android: `ups` with `notification` and `options` by vendor')),
    ios: Type.Optional(vendorsOf('APNs: `aps`, `payload`, `auto_badge`, `apns-collapse-id`, `type`')),
    harmony: Type.Optional(vendorsOf('HarmonyOS: `notification` and `options`')),
    webpush: Type.Optional(WebPushOrders),
  },
  { description: `For the channels of device vendors; at most ${maxPushChannelLength} characters as JSON` },
);
export type PushChannel = Static<typeof PushChannel>;
