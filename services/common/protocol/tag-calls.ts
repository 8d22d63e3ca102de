import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, Cid } from './ids.ts';

/** What one device may have: this many tags, of this many characters each and together. */
export const tagLimits = { count: 100, length: 32, lengthTogether: 512 } as const;

export const Tag = Type.String({ minLength: 1, maxLength: tagLimits.length });

export const tagKeys = ['phone_type', 'region', 'custom_tag', 'portrait'] as const;
export type TagKey = (typeof tagKeys)[number];

/** Devices with at least one of the values, with all of them, with none of them. */
export const tagOperators = ['or', 'and', 'not'] as const;

export const TagTerm = Type.Object({
  key: Type.Enum([...tagKeys]),
  values: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100 }),
  opt: Type.Enum([...tagOperators]),
});
export type TagTerm = Static<typeof TagTerm>;

/** Devices that fit every term; without any all devices. */
export const TagWhere = Type.Array(TagTerm, { maxItems: 20 });
export type TagWhere = Static<typeof TagWhere>;

/** The largest page of `tagPage`. */
export const maxTagPage = 1_000;

const Next = Type.Union([Cid, Type.Null()]);

export const tagCalls = {
  /**
   * Replaces a device's tags.
   *
   * @throws LongwireError `not_found` for a device that the app doesn't have; `bad_request` past `tagLimits`.
   */
  setTags: call(
    Type.Object({ app: AppId, cid: Cid, tags: Type.Array(Tag, { maxItems: tagLimits.count }) }),
    Type.Object({}),
  ),
  /** Adds a tag to devices. Answers those that have it now: not the ones that the app lacks or whose tags are at their limit. */
  addTag: call(
    Type.Object({ app: AppId, tag: Tag, cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({ done: Type.Array(Cid) }),
  ),
  /** Takes a tag from devices; those without it are passed over. */
  removeTag: call(
    Type.Object({ app: AppId, tag: Tag, cids: Type.Array(Cid, { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({}),
  ),
  /** The tags of each device, in order. */
  tagsOf: batchCall(Type.Object({ app: AppId, cid: Cid }), Type.Object({ tags: Type.Array(Type.String()) })),

  /**
   * The next page of the devices that fit `where`, in the order of their cids: begin with `after` null and go on with `next`
   * until that is null. A page looks at no more than `limit` candidates (devices of one tag of the expression, if it has one
   * to go by), so it may hold fewer cids than `limit`, even none, and still have a `next`.
   */
  tagPage: call(
    Type.Object({
      app: AppId,
      where: TagWhere,
      after: Next,
      limit: Type.Integer({ minimum: 1, maximum: maxTagPage }),
    }),
    Type.Object({ cids: Type.Array(Cid), next: Next }),
  ),
  /** How many devices after `after` fit: counts for about a second and says from where to go on, null at the end. */
  tagCount: call(
    Type.Object({ app: AppId, where: TagWhere, after: Next }),
    Type.Object({ count: Type.Integer({ minimum: 0 }), next: Next }),
  ),
};
