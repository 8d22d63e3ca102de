import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

const paths = [
  ...['push/single/cid', 'push/single/alias', 'push/single/batch/cid', 'push/single/batch/alias'],
  ...['push/list/message', 'push/list/cid', 'push/list/alias', 'push/tag', 'push/fast_custom_tag'],
];

describe('random bodies', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
    cid = rig.addDevice(app);
    rig.userMysql.aliases.set(`${app}/${cid}`, 'a');
    const kept = { app, task: 'RASL_kept', kind: 'list' as const, at: 1, exp: Number.MAX_SAFE_INTEGER };
    rig.userMysql.saved.set(`${app}/RASL_kept`, { ...kept, stored: true, content: '{"transmission":"hi"}' });
  });
  afterAll(() => rig.stop());

  /** Bodies with the right names, each field being right, of any type, or missing. */
  const field = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });
  const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(Object.fromEntries(Object.entries(fields).map(([name, right]) => [name, field(right)])), {
      requiredKeys: [],
    });
  const notification = some({
    title: fc.string({ unit: 'binary' }),
    body: fc.string({ unit: 'grapheme' }),
    click_type: fc.constantFrom('url', 'none', 'intent', 'other'),
    url: fc.webUrl(),
    notify_id: fc.oneof(fc.integer(), fc.integer().map(String)),
  });
  const pushMessage = some({
    notification,
    transmission: fc.string({ unit: 'binary' }),
    revoke: some({ old_task_id: fc.string(), force: fc.boolean() }),
    duration: fc.constantFrom('1700000000000-1700009000000', '1-2', ''),
  });
  const message = some({
    request_id: fc.string({ minLength: 8, maxLength: 34, unit: 'binary' }),
    audience: fc
      .constantFrom({})
      .chain(() => fc.constantFrom<unknown>({ cid: [cid] }, { alias: ['a'] }, 'all', { fast_custom_tag: 'a' })),
    settings: some({ ttl: fc.integer({ min: -2, max: 300_000_000 }), strategy: fc.dictionary(fc.string(), fc.nat(5)) }),
    push_message: fc.oneof(pushMessage, fc.constant({ transmission: 'text' })),
    group_name: fc.string(),
    taskid: fc.constantFrom('RASL_kept', 'RASL_other', ''),
    need_alias_detail: fc.boolean(),
  });
  const body = fc.oneof(
    message,
    some({ is_async: fc.boolean(), msg_list: fc.array(message, { maxLength: 4 }) }),
    fc.jsonValue(),
  );

  it('never make a push call answer 500 or above', async () => {
    const codes = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, value) => {
        const answer = await rig.call('POST', `/v2/${app}/${path}`, { token, body: JSON.stringify(value) });
        codes.add(answer.code);
        expect(answer.http).toBeLessThan(500);
        expect([0, 20001]).toContain(answer.code);
      }),
      { seed: 20_240_601, numRuns: 600 },
    );
    expect([...codes].sort()).toEqual([0, 20001]);
  });
});
