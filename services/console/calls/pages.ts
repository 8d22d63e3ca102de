import Type from 'typebox';

/** Keys of a list's pages are opaque: what `next` says is given back as `after`. */
export const PageQuery = {
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '`next` of the page before' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, description: 'Items of the page at the most; 50 if nothing is said' }),
  ),
};

export const Next = Type.Union([Type.String(), Type.Null()], {
  description:
    '`after` of the next page; null: this one is the last. A page may hold fewer items than asked for, even none, and have a next one',
});
