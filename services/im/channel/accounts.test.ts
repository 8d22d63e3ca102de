import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import type { AppCredentials } from '../../common/protocol/app-channel-calls.ts';
import { Accounts, credentialsTtlMs } from './accounts.ts';

const oppo = (masterSecret: string): AppCredentials => ({ kind: 'oppo', credentials: { appKey: 'k', masterSecret } });

function rig() {
  const state = {
    now: 1_000_000,
    kept: [oppo('one')] as AppCredentials[],
    away: false,
    loads: 0,
    opened: [] as string[],
    closed: [] as string[],
  };
  const accounts = new Accounts({
    load: async () => {
      state.loads++;
      if (state.away) throw new LongwireError('unavailable', 'away');
      return state.kept;
    },
    open: (_kind, credentials) => {
      const { masterSecret } = credentials as { masterSecret: string };
      if (masterSecret === 'broken') throw new Error('no key');
      state.opened.push(masterSecret);
      return {
        send: () => Promise.resolve([]),
        close: async () => void state.closed.push(masterSecret),
      };
    },
    now: () => state.now,
    closeAfterMs: 1,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => accounts.close());
  return { state, accounts };
}

test('credentials are read once for all that an app sends at once, and an adapter serves on while they stay', async () => {
  const { state, accounts } = rig();
  const found = await Promise.all([1, 2, 3].map(() => accounts.find('a', 'oppo')));
  state.now += credentialsTtlMs;
  found.push(await accounts.find('a', 'oppo'));
  expect(new Set(found).size).toBe(1);
  expect([state.loads, state.opened]).toEqual([2, ['one']]);
  expect(await accounts.find('a', 'vivo')).toBeUndefined();
});

test('changed ones take effect within 20 s, and the adapter before is closed; removed ones end it', async () => {
  const { state, accounts } = rig();
  const before = await accounts.find('a', 'oppo');
  state.kept = [oppo('two')];
  expect(await accounts.find('a', 'oppo')).toBe(before);
  state.now += credentialsTtlMs;
  expect(await accounts.find('a', 'oppo')).not.toBe(before);
  await expect.poll(() => state.closed).toEqual(['one']);
  state.kept = [];
  state.now += credentialsTtlMs;
  expect(await accounts.find('a', 'oppo')).toBeUndefined();
  await expect.poll(() => state.closed).toEqual(['one', 'two']);
});

test('while they can’t be read those read last serve on; an app that was never read is to be tried again', async () => {
  const { state, accounts } = rig();
  const before = await accounts.find('a', 'oppo');
  state.away = true;
  state.now += 10 * credentialsTtlMs;
  expect(await accounts.find('a', 'oppo')).toBe(before);
  await expect(accounts.find('b', 'oppo')).rejects.toMatchObject({ code: 'unavailable' });
});

test('credentials that can’t be used are as none, and another kind goes on', async () => {
  const { state, accounts } = rig();
  state.kept = [oppo('broken'), { kind: 'vivo', credentials: { appId: '1', appKey: 'k', appSecret: 's' } }];
  expect(await accounts.find('a', 'oppo')).toBeUndefined();
  expect(await accounts.find('a', 'vivo')).toBeDefined();
});
