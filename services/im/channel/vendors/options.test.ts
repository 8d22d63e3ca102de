import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/browser/console/seeded-random.ts';
import { vendorMessage } from '../testing/vendor-messages.ts';
import { harmonyRequest } from './harmony/message.ts';
import { honorRequest } from './honor/message.ts';
import { huaweiRequest } from './huawei/message.ts';
import { oppoNotification } from './oppo/message.ts';
import { vivoMessage } from './vivo/message.ts';
import { xiaomiForm } from './xiaomi/message.ts';

const makers: [string, (options: Record<string, unknown>) => unknown, string[]][] = [
  [
    'huawei',
    (options) => huaweiRequest(vendorMessage({ options, badgeAdd: 1 })),
    ['message', 'android', 'notification', 'badge', 'title', 'token', 'validate_only'],
  ],
  [
    'honor',
    (options) => honorRequest(vendorMessage({ options, badgeAdd: 1 })),
    ['android', 'notification', 'badge', 'body', 'token', 'data'],
  ],
  [
    'harmony',
    (options) => harmonyRequest(vendorMessage({ options, badgeAdd: 1 })),
    ['payload', 'notification', 'badge', 'title', 'target', 'token', 'pushOptions', 'ttl'],
  ],
  [
    'xiaomi',
    (options) => xiaomiForm(vendorMessage({ options }), { packageName: 'a' }),
    ['extra.a', 'notify_type', 'title'],
  ],
  ['oppo', (options) => oppoNotification(vendorMessage({ options })), ['channel_id', 'category', 'title', 'content']],
  ['vivo', (options) => vivoMessage(vendorMessage({ options }), '1'), ['category', 'title', 'appId', 'regId']],
];
const values = [null, 'x', 5, true, [], {}, { title: 'a' }, ['b'], Number.NaN, undefined, '\ud83d'];

describe.each(makers)('options of an upstream for %s', (_, make, steps) => {
  it('never throw, and never take away title, body or tokens, whatever they are', () => {
    const random = seededRandom(18);
    const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    for (let round = 0; round < 800; round++) {
      const paths = Array.from({ length: 3 }, () =>
        Array.from({ length: 1 + Math.floor(random() * 4) }, () => `/${one([...steps, '__proto__', ''])}`).join(''),
      );
      const made = make(Object.fromEntries(paths.map((path) => [path, one(values)])));
      const text = JSON.stringify(made);
      expect(text).toMatch(/"(title)":"/);
      expect(text).toMatch(/"(body|content|description)":"/);
      if (text.includes('"token"')) expect(text).toContain('"token":[]');
      expect(Object.prototype).not.toHaveProperty('title');
    }
  });
});
