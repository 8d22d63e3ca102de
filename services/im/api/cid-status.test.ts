import { expect, it } from 'vitest';
import { cidStatusOf, forgottenAfterMs, needsLoginTimes } from './cid-status.ts';

const now = 1_700_000_000_000;
const old = now - forgottenAfterMs - 1;
const away = { online: false, depth: 0, attachedAt: null };

it('only a device that is away and not in memory is looked up', () => {
  expect(needsLoginTimes(away)).toBe(true);
  expect(needsLoginTimes({ ...away, online: true })).toBe(false);
  expect(needsLoginTimes({ ...away, attachedAt: old })).toBe(false);
  expect(needsLoginTimes(undefined)).toBe(false);
});

it('a device is online, offline, or forgotten after 90 days without a login', () => {
  const of = (presence: Parameters<typeof cidStatusOf>[0], logins?: Parameters<typeof cidStatusOf>[1]) =>
    cidStatusOf(presence, logins, now);
  expect(of({ ...away, online: true, attachedAt: old })).toBe('successed_online');
  expect(of({ ...away, attachedAt: now - 1 })).toBe('successed_offline');
  expect(of({ ...away, attachedAt: old })).toBe('successed_ignore');
  expect(of(away, { registeredAt: old, lastLoginAt: old + 1 })).toBe('successed_offline');
  expect(of(away, { registeredAt: old, lastLoginAt: old })).toBe('successed_ignore');
  expect(of(away, { registeredAt: old, lastLoginAt: null })).toBe('successed_ignore');
  expect(of(away, { registeredAt: now, lastLoginAt: null })).toBe('successed_offline');
});

it('what is not known counts for the device', () => {
  expect(cidStatusOf(undefined, undefined, now)).toBe('successed_offline');
  expect(cidStatusOf(away, undefined, now)).toBe('successed_offline');
});
