import Type, { type Static } from 'typebox';
import { OneAlias, OneCid } from './audience.ts';
import { PushChannel } from './push-channel.ts';
import { PushMessage } from './push-message.ts';
import { Settings } from './settings.ts';

/** What every push has, whomever it goes to. */
export const pushed = {
  request_id: Type.String({
    minLength: 10,
    maxLength: 32,
    description: 'Names this push for 24 h: a repeat answers the first result again and pushes nothing',
  }),
  group_name: Type.Optional(Type.String({ maxLength: 100, description: 'Tasks of one group are reported together' })),
  settings: Type.Optional(Settings),
  push_message: PushMessage,
  push_channel: Type.Optional(PushChannel),
};

export const SingleCidBody = Type.Object({ ...pushed, audience: OneCid });
export type SingleCidBody = Static<typeof SingleCidBody>;

export const SingleAliasBody = Type.Object({ ...pushed, audience: OneAlias });
export type SingleAliasBody = Static<typeof SingleAliasBody>;

/** What all pushes have, whomever they go to. */
export type PushBody = Omit<SingleCidBody, 'audience'>;

export const maxBatchMessages = 200;

export const BatchCidBody = Type.Object({
  is_async: Type.Optional(Type.Boolean({ description: 'Answers at once, without data' })),
  msg_list: Type.Array(SingleCidBody, { minItems: 1, maxItems: maxBatchMessages }),
});
export type BatchCidBody = Static<typeof BatchCidBody>;

export const BatchAliasBody = Type.Object({
  is_async: BatchCidBody.properties.is_async,
  msg_list: Type.Array(SingleAliasBody, { minItems: 1, maxItems: maxBatchMessages }),
});

export const cidStatuses = ['successed_online', 'successed_offline', 'successed_ignore', 'blacklisted'] as const;
export type CidStatus = (typeof cidStatuses)[number];

export const PushData = Type.Record(
  Type.String(),
  Type.Record(Type.String(), Type.Enum([...cidStatuses], { description: 'successed_ignore: no login for 90 days' })),
  { description: 'By task id, then by cid' },
);
export type PushData = Static<typeof PushData>;
