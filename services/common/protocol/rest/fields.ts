import Type, { type TSchemaOptions } from 'typebox';

/** A string of at most `maxLength` characters (code points), not empty. */
export function text(maxLength: number, options: TSchemaOptions = {}) {
  return Type.String({ minLength: 1, maxLength, ...options });
}

/** One of a few words; unlike `Type.Enum` it states its type, so that a number is a fault of the type. */
export function word<const Word extends string>(words: readonly Word[], options: TSchemaOptions = {}) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options });
}

/** An optional integer; digits as a string are taken too. */
export function integer(minimum: number, maximum: number, description: string) {
  return Type.Optional(Type.Integer({ minimum, maximum, description }));
}

/**
 * A cid as upstreams send it: whether it is one of this app's is asked of its signature, which knows one answer for all
 * that isn't ("target user is invalid"), so the schema says no more than that it is there.
 */
export const GivenCid = Type.String({ minLength: 1, description: 'A device: 32 lower-case hex digits' });

export const RestAlias = Type.String({
  minLength: 1,
  maxLength: 39,
  pattern: '^[A-Za-z0-9_\\p{Script=Han}]+$',
  description: 'Letters, digits, _ and Chinese characters, under 40',
});

/** A task's id as upstreams send it. */
export const GivenTaskId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'A task, as the call that made it answered',
});

/** A list in a path, separated by commas; each counts once. */
export function pathList(items: string, maxItems: number) {
  return Type.Array(Type.String(), {
    minItems: 1,
    maxItems,
    description: `${items}, up to ${maxItems}, separated by commas`,
  });
}

/** 13 digits. */
export const maxTimeMs = 9_999_999_999_999;
