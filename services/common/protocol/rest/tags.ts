import Type, { type Static } from 'typebox';
import { tagKeys, tagLimits, tagOperators } from '../tag-calls.ts';
import { GivenCid, word } from './fields.ts';

/** Tags of the app's own choice have codes of their own for what is wrong with them: the schema says only what they are. */
export const TagsBody = Type.Object({
  custom_tag: Type.Array(Type.String(), {
    description: `Takes the place of the tags it had, none takes all away. At most ${tagLimits.count} of ${tagLimits.length} characters, ${tagLimits.lengthTogether} together, without spaces`,
  }),
});

export const TaggedCidsBody = Type.Object({ cid: Type.Array(GivenCid, { minItems: 1, maxItems: 1_000 }) });

export const TaggedData = Type.Record(Type.String(), Type.Enum(['true', 'false']), {
  description: 'By cid. false: not a device of this app, or one that has as many tags as it may have',
});

export const TagsData = Type.Record(Type.String(), Type.Array(Type.String()), {
  description: 'By cid: one text, the tags with spaces between them',
});

const Term = Type.Object({
  key: word(tagKeys),
  values: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100 }),
  opt_type: word(tagOperators, { description: 'Devices with one of the values, with all, with none' }),
});

/** Which devices: those that fit every term. */
export const TagExpression = Type.Array(Term, { minItems: 1, maxItems: 20 });
export type TagExpression = Static<typeof TagExpression>;

export const UserCountBody = Type.Object({ tag: TagExpression });
export const UserCountData = Type.Object({ user_count: Type.Integer() });
