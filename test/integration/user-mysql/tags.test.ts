import { beforeEach, describe, expect, test } from 'vitest';
import type { TagWhere } from '../../../services/common/protocol/tag-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, cidsOf, migratedDatabase } from './fixtures.ts';

const app = 'app1';
let calls: ReturnType<typeof createCalls>;

beforeEach(async () => {
  const { database } = await migratedDatabase();
  calls = createCalls(database, Date.now);
});

async function register(cids: string[], platform: 'android' | 'ios' = 'android', of = app): Promise<void> {
  await calls.registerDevices({ items: cids.map((cid) => ({ app: of, cid, device: { platform }, at: 1 })) });
}

async function tagsOf(cid: string): Promise<string[]> {
  const { results } = await calls.tagsOf({ items: [{ app, cid }] });
  return results[0]!.tags;
}

/** All pages of an expression, in order. */
async function pagesOf(where: TagWhere, limit = 3): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof calls.tagPage>> = await calls.tagPage({ app, where, after, limit });
    pages.push(page.cids);
    after = page.next;
  } while (after !== null);
  return pages;
}

describe('tags of devices', () => {
  test('a device has the tags that it was given last, each once; another app has none of them', async () => {
    const cid = cidOf(1);
    await register([cid]);
    await calls.setTags({ app, cid, tags: ['vip', '北京', 'vip', 'A', 'a'] });
    expect(await tagsOf(cid)).toEqual(['A', 'a', 'vip', '北京']);
    await calls.setTags({ app, cid, tags: ['vip', 'new'] });
    expect(await tagsOf(cid)).toEqual(['new', 'vip']);
    expect(await calls.tagsOf({ items: [{ app: 'app2', cid }] })).toEqual({ results: [{ tags: [] }] });
    await calls.setTags({ app, cid, tags: [] });
    expect(await tagsOf(cid)).toEqual([]);
  });

  test('a device that the app does not have gets none', async () => {
    await register([cidOf(1)], 'ios', 'app2');
    await expect(calls.setTags({ app, cid: cidOf(1), tags: ['a'] })).rejects.toMatchObject({ code: 'not_found' });
    expect(await calls.addTag({ app, tag: 'a', cids: [cidOf(1)] })).toEqual({ done: [] });
  });

  test('a tag is added to a thousand devices and taken away again; repeats change nothing', async () => {
    const cids = cidsOf(1, 1_000);
    await register(cids);
    for (const _ of [1, 2]) expect((await calls.addTag({ app, tag: 'a', cids })).done).toEqual(cids);
    await calls.setTags({ app, cid: cids[0]!, tags: ['a', 'b'] });
    for (const _ of [1, 2]) await calls.removeTag({ app, tag: 'a', cids });
    expect(await tagsOf(cids[0]!)).toEqual(['b']);
    expect(await tagsOf(cids[999]!)).toEqual([]);
  });

  test('the hundredth tag is the last, and so is what fills 512 characters; one that is there already is no more', async () => {
    const [many, long] = [cidOf(1), cidOf(2)];
    await register([many, long]);
    await calls.setTags({ app, cid: many, tags: Array.from({ length: 99 }, (_none, index) => `t${index}`) });
    await calls.setTags({
      app,
      cid: long,
      tags: Array.from({ length: 16 }, (_none, index) => `${index}`.padEnd(31, '长')),
    });
    expect((await calls.addTag({ app, tag: '字'.repeat(16), cids: [many, long] })).done).toEqual([many, long]);
    expect((await calls.addTag({ app, tag: 'x', cids: [many, long] })).done).toEqual([]);
    expect((await calls.addTag({ app, tag: '字'.repeat(16), cids: [many, long] })).done).toEqual([many, long]);
    const over = Array.from({ length: 17 }, (_none, index) => `${index}`.padEnd(31, 'x'));
    await expect(calls.setTags({ app, cid: long, tags: over })).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('changes of one device at once end at its limit, however many there are', async () => {
    const cid = cidOf(1);
    await register([cid]);
    await calls.setTags({ app, cid, tags: Array.from({ length: 95 }, (_none, index) => `t${index}`) });
    const added = await Promise.all(
      Array.from({ length: 12 }, (_none, index) => calls.addTag({ app, tag: `new${index}`, cids: [cid] })),
    );
    expect(added.filter(({ done }) => done.length === 1)).toHaveLength(5);
    expect(await tagsOf(cid)).toHaveLength(100);
  });
});

describe('expressions', () => {
  // 1 to 10 are Android, 11 to 20 iOS; even ones are `even`, threes `three`, 1 to 5 `low`.
  const even = cidsOf(1, 20).filter((_cid, index) => index % 2 === 1);
  const three = cidsOf(1, 20).filter((_cid, index) => index % 3 === 2);
  const low = cidsOf(1, 5);
  const tag = (opt: 'or' | 'and' | 'not', ...values: string[]) => ({ key: 'custom_tag' as const, opt, values });

  beforeEach(async () => {
    await register(cidsOf(1, 10), 'android');
    await register(cidsOf(11, 10), 'ios');
    await register(cidsOf(1, 20), 'ios', 'app2');
    for (const [name, cids] of Object.entries({ even, three, low })) await calls.addTag({ app, tag: name, cids });
    await calls.addTag({ app: 'app2', tag: 'even', cids: low });
  });

  const numbers = (...found: number[]): string[] => found.map(cidOf);
  test.each<[string, TagWhere, string[]]>([
    ['one tag', [tag('or', 'low')], low],
    ['any of tags', [tag('or', 'low', 'three', 'low', 'nobody has it')], numbers(1, 2, 3, 4, 5, 6, 9, 12, 15, 18)],
    ['all of tags', [tag('and', 'even', 'three')], numbers(6, 12, 18)],
    ['all of tags, named twice', [tag('and', 'even', 'even')], even],
    ['none of tags', [tag('not', 'even', 'three', 'low')], numbers(7, 11, 13, 17, 19)],
    [
      'keys together',
      [tag('or', 'even'), tag('not', 'three'), { key: 'phone_type', opt: 'or', values: ['iOS'] }],
      numbers(14, 16, 20),
    ],
    ['the narrower of two ranges', [tag('or', 'low', 'even'), tag('and', 'three')], numbers(3, 6, 12, 18)],
    ['platforms alone', [{ key: 'phone_type', opt: 'not', values: ['android', 'web'] }], cidsOf(11, 10)],
    ['two platforms at once', [{ key: 'phone_type', opt: 'and', values: ['android', 'ios'] }], []],
    ['what is not known of anybody', [tag('or', 'even'), { key: 'region', opt: 'or', values: ['11000000'] }], []],
    ['not what is not known of anybody', [tag('or', 'low'), { key: 'portrait', opt: 'not', values: ['x'] }], low],
    ['a platform that is none', [tag('or', 'low'), { key: 'phone_type', opt: 'or', values: ['安卓'] }], []],
    ['nobody', [tag('or', 'none')], []],
    [
      'text of all kinds',
      [
        tag('or', '\ud800', '\u0000', '👍'.repeat(32), '%', '\\'),
        { key: 'phone_type', opt: 'not', values: ['\udfff'] },
      ],
      [],
    ],
    ['text that looks like SQL', [tag('or', "' OR 1=1 -- ", '?')], []],
  ])('%s', async (_name, where, expected) => {
    const pages = await pagesOf(where);
    expect(pages.flat()).toEqual(expected);
    expect(await calls.tagCount({ app, where, after: null })).toEqual({ count: expected.length, next: null });
  });

  test('a page looks at its limit of candidates, so one may be empty and not the last', async () => {
    expect(await pagesOf([tag('and', 'even', 'low')], 3)).toEqual([numbers(2, 4), [], [], []]);
    expect(await calls.tagCount({ app, where: [tag('or', 'even')], after: cidOf(10) })).toEqual({
      count: 5,
      next: null,
    });
  });
});

test('an expression without terms is every device of the app, in pages', async () => {
  await register(cidsOf(0, 5));
  await register([cidOf(9)], 'ios', 'app2');
  expect((await pagesOf([], 2)).flat()).toEqual(cidsOf(0, 5));
});
