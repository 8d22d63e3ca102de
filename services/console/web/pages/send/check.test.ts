import { expect, test } from 'vitest';
import { faultsOf } from './check.ts';
import { type Draft, emptyDraft, orderOf, wordsOf } from './draft.ts';

const now = Date.UTC(2026, 0, 1);
const cid = '15fa726744ffcef519457d9e20aa34a5';

function faults(draft: Partial<Draft>): Record<string, unknown> {
  const whole: Draft = { ...emptyDraft(), title: 'Shipped', body: 'Order 2041', cids: cid, ...draft };
  return Object.fromEntries(faultsOf(orderOf(whole, 'request-0001'), now));
}

test('a complete draft has no faults', () => {
  expect(faults({})).toEqual({});
});

test('what is empty is needed', () => {
  expect(faults({ title: '', body: '', cids: '' })).toEqual({
    'message.notification.title': { rule: 'required' },
    'message.notification.body': { rule: 'required' },
    'audience.values': { rule: 'required' },
  });
  expect(faults({ kind: 'transmission' })).toEqual({ 'message.transmission': { rule: 'required' } });
});

test('a title of 50 emoji is taken, as the API takes it, and of 51 not', () => {
  expect(faults({ title: '😀'.repeat(50) })).toEqual({});
  expect(faults({ title: '😀'.repeat(51) })).toEqual({ 'message.notification.title': { rule: 'tooLong', limit: 50 } });
});

test('half a character is told as such', () => {
  expect(faults({ body: 'a\ud83d' })).toEqual({ 'message.notification.body': { rule: 'surrogate' } });
});

test('a cid and an alias have forms of their own', () => {
  expect(faults({ cids: `${cid}, nonsense` })).toEqual({ 'audience.values': { rule: 'cid' } });
  expect(faults({ audience: 'alias', aliases: 'user_7 张三' })).toEqual({});
  expect(faults({ audience: 'alias', aliases: 'user-7' })).toEqual({ 'audience.values': { rule: 'alias' } });
  expect(faults({ audience: 'alias', aliases: 'a'.repeat(40) })).toEqual({ 'audience.values': { rule: 'alias' } });
});

test('each rule of tags needs values', () => {
  const rules = [
    { id: 1, key: 'custom_tag', operator: 'or', values: 'vip, new' },
    { id: 2, key: 'phone_type', operator: 'not', values: ' ' },
  ] satisfies Draft['rules'];
  expect(faults({ audience: 'tag', rules })).toEqual({ 'audience.rules[1].values': { rule: 'required' } });
});

test('what a click opens has to be there, and a web page is one', () => {
  expect(faults({ clickType: 'url' })).toEqual({ 'message.notification.url': { rule: 'required' } });
  expect(faults({ clickType: 'url', url: 'javascript:alert(1)' })).toEqual({
    'message.notification.url': { rule: 'url' },
  });
  expect(faults({ clickType: 'url', url: 'https://example.com/' })).toEqual({});
  expect(faults({ clickType: 'payload_custom' })).toEqual({ 'message.notification.payload': { rule: 'required' } });
});

test('a time has to be ahead, and within seven days', () => {
  const at = (ms: number): Partial<Draft> => ({ when: 'later', at: new Date(now + ms).toISOString() });
  expect(faults(at(60_000))).toEqual({});
  for (const wrong of [at(-1), at(8 * 86_400_000), { when: 'later', at: '' } satisfies Partial<Draft>]) {
    expect(faults(wrong)).toEqual({ schedule: { rule: 'time' } });
  }
});

test('a speed is a whole number, of pushes to many', () => {
  expect(faults({ audience: 'all', speed: '12x' })).toEqual({ 'settings.speed': { rule: 'integer' } });
  expect(faults({ audience: 'all', speed: '100' })).toEqual({});
  expect(faults({ audience: 'cid', speed: '12x' })).toEqual({});
});

test('words are parted by commas of both kinds, spaces and lines; each counts once', () => {
  expect(wordsOf('a, b，c\nd  a')).toEqual(['a', 'b', 'c', 'd']);
});
