import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { PushOrder } from '../calls/sends.ts';
import { curlOf, upstreamPushOf } from './upstream-push.ts';

const message = { notification: { title: "it's", body: '<img onerror=`x` $HOME "q">', click_type: 'none' as const } };
const order = (audience: PushOrder['audience'], more: Partial<PushOrder> = {}): PushOrder => ({
  ...{ audience, message, requestId: 'console-00000001' },
  ...more,
});
const rules = [{ key: 'custom_tag' as const, values: ['vip'], opt_type: 'or' as const }];

test('each audience has its call; what is said twice is meant once', () => {
  const pathOf = (audience: PushOrder['audience']) => {
    const push = upstreamPushOf(order(audience));
    return push.kind === 'one' ? push.call.path : `${push.message.path} ${push.listOf('t').path}`;
  };
  expect(pathOf({ kind: 'all' })).toBe('/push/all');
  expect(pathOf({ kind: 'tag', rules })).toBe('/push/tag');
  expect(pathOf({ kind: 'cid', values: ['a', 'a'] })).toBe('/push/single/cid');
  expect(pathOf({ kind: 'alias', values: ['ada'] })).toBe('/push/single/alias');
  expect(pathOf({ kind: 'cid', values: ['a', 'b'] })).toBe('/push/list/message /push/list/cid');
  expect(pathOf({ kind: 'alias', values: ['a', 'b'] })).toBe('/push/list/message /push/list/alias');
});

test('schedule, group and settings stand where the API has them, and only if they were given', () => {
  const settings = { ttl: 5 };
  expect(upstreamPushOf(order({ kind: 'all' }, { settings, schedule: 9, group: 'g' }))).toMatchObject({
    call: { body: { settings: { ttl: 5, schedule_time: 9 }, group_name: 'g', audience: 'all', push_message: message } },
  });
  const bare = upstreamPushOf(order({ kind: 'all' }, { schedule: null }));
  expect(bare.kind === 'one' && Object.keys(bare.call.body).sort()).toEqual(['audience', 'push_message', 'request_id']);
});

test('a shell gives to curl what was meant, whatever the texts hold', () => {
  const line = curlOf(upstreamPushOf(order({ kind: 'all' })), 'http://127.0.0.1:8080', 'demo');
  // A function in the place of curl shows its words.
  const run = (text: string) =>
    execFileSync(
      'sh',
      ['-c', `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\nTOKEN=t0k TASK=RASL_1\n${text}`],
      {
        encoding: 'utf8',
      },
    ).split('\0');
  const words = run(line);
  expect(words).toContain('http://127.0.0.1:8080/v2/demo/push/all');
  expect(words).toContain('token: t0k');
  expect(JSON.parse(words[words.indexOf('-d') + 1]!)).toMatchObject({ push_message: message });
  const list = run(
    curlOf(upstreamPushOf(order({ kind: 'cid', values: ['a', 'b'] })), 'http://h', 'demo').split('\n')[1]!,
  );
  expect(JSON.parse(list[list.indexOf('-d') + 1]!)).toMatchObject({ taskid: 'RASL_1', audience: { cid: ['a', 'b'] } });
});
