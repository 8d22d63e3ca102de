import Type from 'typebox';
import { LongwireError } from '../../common/errors.ts';
import { quotaOf } from '../../common/protocol/quotas.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { GivenCid } from '../../common/protocol/rest/fields.ts';
import { TaggedCidsBody, TaggedData, TagsBody, TagsData } from '../../common/protocol/rest/tags.ts';
import { type TagFault, tagFault } from '../../common/tag-rules.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { ApiFault, invalidTarget } from './faults.ts';
import { checkOwnCids, isOwnCid } from './targets.ts';

const TagParams = Type.Object({ tag: Type.String({ description: 'A tag, by the rules of custom_tag' }) });

export const setTags = endpoint({
  name: 'tags_set',
  method: 'POST',
  path: '/user/custom_tag/cid/:cid',
  summary: 'Replace the tags of a device',
  params: Type.Object({ cid: GivenCid }),
  body: TagsBody,
  codes: ['badTag', 'tagTooLong', 'tooManyTags', 'tagPerMinute'],
  example: { params: { cid: example.cid }, body: { custom_tag: ['vip', 'beijing'] } },
  async handle(context, { app, params, body }) {
    checkOwnCids(context, app, [params.cid]);
    checkTags(body.custom_tag, 'custom_tag');
    await countChange(context, app);
    try {
      await context.deps.userMysql.setTags({ app, cid: params.cid, tags: [...new Set(body.custom_tag)] });
    } catch (error) {
      if (error instanceof LongwireError && error.code === 'not_found') throw invalidTarget();
      throw error;
    }
  },
});

export const addTag = endpoint({
  name: 'tag_add',
  method: 'PUT',
  path: '/user/custom_tag/batch/:tag',
  summary: 'Give devices a tag',
  params: TagParams,
  body: TaggedCidsBody,
  data: TaggedData,
  codes: ['badTag', 'tagTooLong', 'tagPerMinute', 'tagOperation'],
  example: { params: { tag: 'vip' }, body: { cid: [example.cid] }, data: { [example.cid]: 'true' } },
  async handle(context, { app, params: { tag }, body }) {
    const { cids, own } = await checkChange(context, app, tag, body.cid);
    const done = own.length > 0 ? (await context.deps.userMysql.addTag({ app, tag, cids: own })).done : [];
    return outcomes(cids, done);
  },
});

export const removeTag = endpoint({
  name: 'tag_remove',
  method: 'DELETE',
  path: '/user/custom_tag/batch/:tag',
  summary: 'Take a tag from devices',
  params: TagParams,
  body: TaggedCidsBody,
  data: TaggedData,
  codes: ['badTag', 'tagTooLong', 'tagPerMinute', 'tagOperation'],
  example: { params: { tag: 'vip' }, body: { cid: [example.cid] }, data: { [example.cid]: 'true' } },
  async handle(context, { app, params: { tag }, body }) {
    const { cids, own } = await checkChange(context, app, tag, body.cid);
    if (own.length > 0) await context.deps.userMysql.removeTag({ app, tag, cids: own });
    return outcomes(cids, own);
  },
});

export const tagsOfCid = endpoint({
  name: 'tags_of_cid',
  method: 'GET',
  path: '/user/custom_tag/cid/:cid',
  summary: 'The tags of a device',
  params: Type.Object({ cid: GivenCid }),
  data: TagsData,
  example: { params: { cid: example.cid }, data: { [example.cid]: ['beijing vip'] } },
  async handle(context, { app, params: { cid } }) {
    checkOwnCids(context, app, [cid]);
    const { results } = await context.deps.userMysql.tagsOf({ items: [{ app, cid }] });
    return { [cid]: [(results[0]?.tags ?? []).join(' ')] };
  },
});

/** What all changes of one tag check: the tag, how often, and which of the devices are the app's. */
async function checkChange(context: ApiContext, app: string, tag: string, given: string[]) {
  checkTags([tag], 'tag');
  await countChange(context, app);
  const cids = [...new Set(given)];
  return { cids, own: cids.filter((cid) => isOwnCid(context, app, cid)) };
}

/** @throws ApiFault `tagOperation` if nothing was done. */
function outcomes(cids: string[], done: string[]): Record<string, 'true' | 'false'> {
  if (done.length === 0) throw new ApiFault('tagOperation', 'tag operation failed for every cid');
  const did = new Set(done);
  return Object.fromEntries(cids.map((cid) => [cid, did.has(cid) ? 'true' : 'false']));
}

const faults = {
  bad: ['badTag', 'is invalid'],
  tooLong: ['tagTooLong', 'size over limit'],
  tooMany: ['tooManyTags', 'size over limit'],
} as const;

function checkTags(tags: string[], name: string): void {
  const fault: TagFault | undefined = tagFault(tags);
  if (!fault) return;
  const [kind, text] = faults[fault.is];
  const place = fault.index === undefined || name === 'tag' ? name : `${name}[${fault.index}]`;
  throw new ApiFault(kind, `${place} ${text}`);
}

/** Each call counts one, for one device or up to 1000. */
async function countChange(context: ApiContext, app: string): Promise<void> {
  const most = quotaOf((await context.findApp(app))?.quotas, 'tagChangesPerMinute');
  if (most !== null && (await context.lookups.tagChangesThisMinute(app)) > most) {
    throw new ApiFault('tagPerMinute', 'too many changes of tags in a minute');
  }
}
