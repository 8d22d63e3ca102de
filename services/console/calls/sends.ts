import Type, { type Static } from 'typebox';
import { AppId, TaskId, TimeMs } from '../../common/protocol/ids.ts';
import { GivenCid, RestAlias } from '../../common/protocol/rest/fields.ts';
import { pushed } from '../../common/protocol/rest/push.ts';
import { maxListTargets } from '../../common/protocol/rest/push-list.ts';
import { TagExpression } from '../../common/protocol/rest/tags.ts';
import { endpoint } from './endpoint.ts';
import { ReasonParts } from './errors.ts';

export const Audience = Type.Union([
  Type.Object({ kind: Type.Literal('cid'), values: Type.Array(GivenCid, { minItems: 1, maxItems: maxListTargets }) }),
  Type.Object({
    kind: Type.Literal('alias'),
    values: Type.Array(RestAlias, { minItems: 1, maxItems: maxListTargets }),
  }),
  Type.Object({ kind: Type.Literal('tag'), rules: TagExpression }),
  Type.Object({ kind: Type.Literal('all') }),
]);
export type Audience = Static<typeof Audience>;

/** A push as the upstream API takes it, but for its audience; `schedule` stands for `settings.schedule_time`. */
export const PushOrder = Type.Object({
  audience: Audience,
  /** The upstream API's push_message. */
  message: pushed.push_message,
  settings: pushed.settings,
  /** When to send it; null: now. */
  schedule: Type.Optional(Type.Union([TimeMs, Type.Null()])),
  group: pushed.group_name,
  /** Names this push for 24 h: the same again is the same push. */
  requestId: pushed.request_id,
});
export type PushOrder = Static<typeof PushOrder>;

export const PushAnswer = Type.Object({ taskId: TaskId });
export type PushAnswer = Static<typeof PushAnswer>;

const Anything = Type.Optional(Type.Unknown());

/** Whatever a form holds now: what is wrong with it is the answer. */
export const PushDraft = Type.Object({
  audience: Anything,
  message: Anything,
  settings: Anything,
  schedule: Anything,
  group: Anything,
  requestId: Anything,
});
export type PushDraft = Static<typeof PushDraft>;

export const PushCheck = Type.Object({
  /** Names of fields as in the order: `message.notification.title`, `audience.values[3]`. */
  faults: Type.Array(
    Type.Object({ field: Type.String(), message: Type.String(), allowed: Type.String(), ...ReasonParts }),
    { maxItems: 50 },
  ),
  /** Devices that it would go to; null: not known, as the audience has faults or it took too long to count. */
  estimate: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  /** The same push at the upstream API, with `$TOKEN` in the place of the token; null while there are faults. */
  curl: Type.Union([Type.String(), Type.Null()]),
});
export type PushCheck = Static<typeof PushCheck>;

const exampleOrder: PushOrder = {
  audience: { kind: 'all' },
  message: { notification: { title: 'Hello', body: 'A first push', click_type: 'none' } },
  requestId: 'console-00000001',
};

export const sendsCalls = {
  push: endpoint({
    method: 'POST',
    path: '/apps/:app/pushes',
    summary: 'Sends a push through the upstream API, as the app',
    needs: 'sender',
    params: Type.Object({ app: AppId }),
    body: PushOrder,
    answer: PushAnswer,
    example: { params: { app: 'demo' }, body: exampleOrder },
  }),
  checkPush: endpoint({
    method: 'POST',
    path: '/apps/:app/pushes/check',
    summary: 'A dry run: what is wrong with a push, whom it would go to, and its command line. Nothing is sent',
    needs: 'sender',
    reads: true,
    params: Type.Object({ app: AppId }),
    body: PushDraft,
    answer: PushCheck,
    example: { params: { app: 'demo' }, body: exampleOrder },
  }),
};
