import Type, { type Static } from 'typebox';
import { GivenTaskId, integer, text, word } from './fields.ts';

export const clickTypes = ['intent', 'url', 'payload', 'payload_custom', 'startapp', 'none'] as const;

export const RestNotification = Type.Object({
  title: text(50),
  body: text(256),
  click_type: word(clickTypes, { description: 'intent, url and payload need the field of that name' }),
  intent: Type.Optional(Type.String({ maxLength: 4_096 })),
  url: Type.Optional(Type.String({ maxLength: 1_024 })),
  payload: Type.Optional(Type.String({ maxLength: 3_072 })),
  big_text: Type.Optional(Type.String({ maxLength: 512 })),
  big_image: Type.Optional(Type.String({ maxLength: 1_024 })),
  logo: Type.Optional(Type.String({ maxLength: 64 })),
  logo_url: Type.Optional(Type.String({ maxLength: 256 })),
  channel_id: Type.Optional(Type.String({ maxLength: 64 })),
  channel_name: Type.Optional(Type.String({ maxLength: 64 })),
  channel_level: integer(0, 4, 'Importance of the notification channel, 3 by default'),
  notify_id: integer(0, 2_147_483_647, 'A later notification with the same id replaces this one'),
  badge_add_num: integer(0, 2_147_483_647, 'Added to the badge'),
  ring_name: Type.Optional(Type.String({ maxLength: 64 })),
  thread_id: Type.Optional(Type.String({ maxLength: 128 })),
  category: Type.Optional(Type.String({ maxLength: 128 })),
});
export type RestNotification = Static<typeof RestNotification>;

export const Revoke = Type.Object({
  old_task_id: GivenTaskId,
  force: Type.Optional(Type.Boolean({ description: 'Also where the notification itself is missing' })),
});

export const PushMessage = Type.Object(
  {
    network_type: integer(0, 1, '0: any network, 1: Wi-Fi only'),
    duration: Type.Optional(
      Type.String({
        pattern: '^[0-9]{13}-[0-9]{13}$',
        description: '"startMs-endMs", over 10 min apart: shown only then',
      }),
    ),
    notification: Type.Optional(RestNotification),
    transmission: Type.Optional(text(3_072, { description: 'Handed to the app as it is' })),
    revoke: Type.Optional(Revoke),
  },
  { description: 'Exactly one of notification, transmission and revoke' },
);
export type PushMessage = Static<typeof PushMessage>;
