import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { SingleAliasBody, SingleCidBody } from '../../../services/common/protocol/rest/push.ts';
import { AllPushBody } from '../../../services/common/protocol/rest/push-all.ts';
import { FastTagPushBody, TagPushBody } from '../../../services/common/protocol/rest/push-tag.ts';
import { Given } from '../command-spec.ts';
import { pushRequest } from './request.ts';

const cid = '15fa726744ffcef519457d9e20aa34a5';
const now = Date.parse('2026-01-01T00:00:00Z');
const request = (flags: Record<string, unknown>, demo: string | undefined = cid) =>
  pushRequest(new Given(flags), 'hello', demo, 'cli-0123456789', now);

test.each([
  ['nobody named: the demo device', {}, '/push/single/cid', SingleCidBody],
  ['a device', { cid, title: 'T', ttl: '1h', group: 'g' }, '/push/single/cid', SingleCidBody],
  ['an alias', { alias: 'demo_user', schedule: '10m' }, '/push/single/alias', SingleAliasBody],
  ['a tag', { tag: 'vip' }, '/push/fast_custom_tag', FastTagPushBody],
  ['devices that have two tags', { tag: ['vip', 'beijing'], speed: '100' }, '/push/tag', TagPushBody],
  ['all', { all: true, schedule: '2026-01-02T08:00:00+08:00' }, '/push/all', AllPushBody],
])('%s: is a body that the API takes', (_name, flags, path, schema) => {
  const { path: to, body } = request(flags);
  expect(to).toBe(path);
  expect(Check(schema, body)).toBe(true);
});

test('settings are those that were given, in ms', () => {
  expect(request({ ttl: '90m', schedule: '1h' }).body).toMatchObject({
    settings: { ttl: 5_400_000, schedule_time: now + 3_600_000 },
  });
  expect(request({}).body).not.toHaveProperty('settings');
  expect(request({ title: 'T' }).body).toMatchObject({ push_message: { notification: { title: 'T', body: 'hello' } } });
});

test.each([
  [{ cid, alias: 'x' }, '--cid and --alias: allowed is one of'],
  [{ all: true, tag: 'x' }, '--tag and --all: allowed is one of'],
  [{ cid: 'abc' }, '--cid abc: allowed are 32 hex digits'],
  [{ alias: 'a b' }, '--alias a b: allowed are letters'],
  [{ ttl: '4d' }, '--ttl 4d: allowed is a number with ms, s, m, h or d, from 0 to 3d'],
  [{ ttl: '5' }, '--ttl 5: allowed'],
  [{ schedule: '8d' }, '--schedule 8d: allowed is a time from now'],
  [{ schedule: '2026-01-02T08:00:00' }, 'with its zone'],
  [{ schedule: '2025-12-31T00:00:00Z' }, 'up to 7 days ahead'],
  [{ speed: '5' }, '--speed: is for a push with --all or --tag'],
  [{ all: true, speed: 'fast' }, '--speed fast: allowed is a number'],
  [{ title: '' }, '--title: is empty'],
])('%j: is refused with a line that says what is allowed', (flags, said) => {
  expect(() => request(flags)).toThrow(said);
});

test('without a demo device somebody has to be named', () => {
  expect(() => pushRequest(new Given({}), 'hello', undefined, 'cli-0123456789', now)).toThrow(
    'whom to push to is missing',
  );
});
