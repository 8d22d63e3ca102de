import Type, { type Static, type TSchema } from 'typebox';

/** Items of one page at the most. */
export const maxPageItems = 200;

/** What a list is asked with: a page after a key that an earlier page ended with. */
export const pageQuery = {
  after: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'The key that the page before ended with' }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxPageItems, description: 'Items at the most; 50 without it' }),
  ),
};
export const defaultPageItems = 50;

/** A page of a list; `next` is null on the last one. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export const PageQuery = Type.Object(pageQuery);
export type PageQuery = Static<typeof PageQuery>;
