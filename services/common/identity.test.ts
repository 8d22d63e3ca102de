import { expect, test } from 'vitest';
import { Identity } from './identity.ts';

const [old, young] = ['the first key of all keys', 'the key that came after'];

test('a cid is 32 hex digits, another one each time, and known as its app’s own', () => {
  const identity = new Identity([old]);
  const cids = Array.from({ length: 1_000 }, () => identity.issueCid('app'));
  expect(new Set(cids).size).toBe(1_000);
  for (const cid of cids) {
    expect(cid).toMatch(/^[0-9a-f]{32}$/);
    expect(identity.ownsCid('app', cid)).toBe(true);
  }
  expect(identity.ownsCid('other', cids[0]!)).toBe(false);
});

test('an invented cid, and one with a digit changed, is not known', () => {
  const identity = new Identity([old]);
  const cid = identity.issueCid('app');
  for (let index = 0; index < cid.length; index++) {
    const digit = cid[index] === '0' ? '1' : '0';
    expect(identity.ownsCid('app', cid.slice(0, index) + digit + cid.slice(index + 1))).toBe(false);
  }
  for (const text of ['', 'x', '0'.repeat(32), `${cid}0`, cid.slice(1)])
    expect(identity.ownsCid('app', text)).toBe(false);
});

test('a token is good for its device of its app, and for no other', () => {
  const identity = new Identity([old]);
  const [cid, other] = [identity.issueCid('app'), identity.issueCid('app')];
  const token = identity.deviceToken('app', cid);
  expect(identity.verifiesDevice('app', cid, token)).toBe(true);
  for (const [app, of, given] of [
    ['app', other, token],
    ['app2', cid, token],
    ['app', cid, `${token}x`],
    ['app', cid, ''],
  ] as const) {
    expect(identity.verifiesDevice(app, of, given)).toBe(false);
  }
});

test('a message’s id is the same whenever it is made, and of its task and app only', () => {
  const identity = new Identity([old]);
  const id = identity.messageId('app', 'T1');
  expect(identity.messageId('app', 'T1')).toBe(id);
  expect(identity.ownsMessage('app', 'T1', id)).toBe(true);
  expect([identity.ownsMessage('app', 'T2', id), identity.ownsMessage('app2', 'T1', id)]).toEqual([false, false]);
  expect(identity.ownsMessage('app', 'T1', 'T1.')).toBe(false);
});

test('what an older key signed is good as long as that key is there', () => {
  const before = new Identity([old]);
  const cid = before.issueCid('app');
  const [token, message] = [before.deviceToken('app', cid), before.messageId('app', 'T1')];
  const knows = (identity: Identity): boolean[] => [
    identity.ownsCid('app', cid),
    identity.verifiesDevice('app', cid, token),
    identity.ownsMessage('app', 'T1', message),
  ];
  const during = new Identity([young, old]);
  expect(knows(during)).toEqual([true, true, true]);
  expect(during.deviceToken('app', cid)).toBe(new Identity([young]).deviceToken('app', cid));
  expect(knows(new Identity([young]))).toEqual([false, false, false]);
});
