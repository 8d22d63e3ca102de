import { LongwireError } from '../../../services/common/errors.ts';
import type { tagCalls } from '../../../services/common/protocol/tag-calls.ts';
import type { Client } from '../../../services/common/rpc/contract.ts';

type TagCalls = Client<typeof tagCalls>;

/** Tags as user-mysql keeps them, in memory. Of expressions it knows terms of `custom_tag` with `or` and `not`. */
export class FakeTags implements TagCalls {
  /** Devices that are not there, though their cids are the app's; their tags are full for `addTag`. */
  readonly missing = new Set<string>();
  /** Candidates that one count looks at. */
  slice = 2;
  readonly #tags = new Map<string, Set<string>>();
  readonly #check: () => void;

  constructor(check: () => void) {
    this.#check = check;
  }

  setTags: TagCalls['setTags'] = async ({ app, cid, tags }) => {
    this.#check();
    if (this.missing.has(cid)) throw new LongwireError('not_found', 'no such device');
    this.#tags.set(`${app}/${cid}`, new Set(tags));
    return {};
  };

  addTag: TagCalls['addTag'] = async ({ app, tag, cids }) => {
    this.#check();
    const done = cids.filter((cid) => !this.missing.has(cid));
    for (const cid of done) this.#tags.set(`${app}/${cid}`, new Set([...this.#of(app, cid), tag]));
    return { done };
  };

  removeTag: TagCalls['removeTag'] = async ({ app, tag, cids }) => {
    this.#check();
    for (const cid of cids) this.#tags.get(`${app}/${cid}`)?.delete(tag);
    return {};
  };

  tagsOf: TagCalls['tagsOf'] = async ({ items }) => {
    this.#check();
    return { results: items.map(({ app, cid }) => ({ tags: [...this.#of(app, cid)].sort() })) };
  };

  tagPage: TagCalls['tagPage'] = async ({ app, where, after, limit }) => {
    this.#check();
    const cids = [...this.#tags.keys()]
      .filter((key) => key.startsWith(`${app}/`))
      .map((key) => key.split('/')[1]!)
      .filter((cid) => cid > (after ?? ''))
      .sort()
      .slice(0, limit);
    const fits = (cid: string): boolean =>
      where.every(({ opt, values }) => values.some((tag) => this.#of(app, cid).has(tag)) === (opt !== 'not'));
    return { cids: cids.filter(fits), next: cids.length < limit ? null : cids.at(-1)! };
  };

  tagCount: TagCalls['tagCount'] = async (request) => {
    const { cids, next } = await this.tagPage({ ...request, limit: this.slice });
    return { count: cids.length, next };
  };

  #of(app: string, cid: string): Set<string> {
    return this.#tags.get(`${app}/${cid}`) ?? new Set();
  }
}
