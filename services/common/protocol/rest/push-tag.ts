import Type, { type Static } from 'typebox';
import { pushed } from './push.ts';
import { TagExpression } from './tags.ts';

export const TagPushBody = Type.Object({ ...pushed, audience: Type.Object({ tag: TagExpression }) });

export const FastTagPushBody = Type.Object({
  ...pushed,
  audience: Type.Object({
    fast_custom_tag: Type.String({ minLength: 1, maxLength: 64, description: 'One custom tag' }),
  }),
});
export type FastTagPushBody = Static<typeof FastTagPushBody>;
