import Type, { type Static } from 'typebox';

const Used = Type.Object({
  total_num: Type.Integer({ description: 'What the app may use in a UTC day' }),
  push_num: Type.Integer({ description: 'What it has used today' }),
  remain_num: Type.Integer({ description: 'What is left' }),
  limit: Type.Boolean({ description: 'Whether nothing is left' }),
});

export const PushCountData = Type.Object({
  gt: Type.Object({ app: Used, app_with_tag: Used, list: Used }),
});
export type PushCountData = Static<typeof PushCountData>;
