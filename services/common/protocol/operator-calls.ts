import Type, { type Static } from 'typebox';

/** Each holds the ones before it. */
export const rightNames = ['viewer', 'sender', 'admin'] as const;
export type RightName = (typeof rightNames)[number];

/** Rights of one operator at the most. */
export const maxRights = 200;

/** A right of one app, or of all: `*`. */
export const Right = Type.Object({
  right: Type.Enum([...rightNames]),
  app: Type.String({ pattern: '^(\\*|[A-Za-z0-9_-]{1,64})$', description: 'An app, or * for all' }),
});
export type Right = Static<typeof Right>;

export const OperatorId = Type.String({ pattern: '^[1-9][0-9]{0,15}$' });
export const OperatorName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$',
  description: 'Letters, digits and . _ @ + -; begins with a letter or digit',
});
