import { expect, test } from 'vitest';
import { type App, goodSecrets } from './app.ts';
import { defaultQuotas, quotaOf } from './quotas.ts';

const app: App = { appId: 'a', appKey: 'k', masterSecret: 'm2', appSecret: 's2', name: 'n', disabled: false };

test('a replaced secret is good beside the new one until its time, and not at it', () => {
  const rotated: App = { ...app, oldMasterSecret: { secret: 'm1', until: 1_000 } };
  expect(goodSecrets(app, 'master', 999)).toEqual(['m2']);
  expect(goodSecrets(rotated, 'master', 999)).toEqual(['m2', 'm1']);
  expect(goodSecrets(rotated, 'master', 1_000)).toEqual(['m2']);
  expect(goodSecrets(rotated, 'app', 999)).toEqual(['s2']);
});

test('what is set for an app holds, also 0; the rest is as by default', () => {
  expect(quotaOf({ pushesPerDay: 0 }, 'pushesPerDay')).toBe(0);
  expect(quotaOf({ pushesPerDay: 0 }, 'listPerDay')).toBe(defaultQuotas.listPerDay);
  expect(quotaOf(undefined, 'callsPerMinute')).toBeNull();
});
