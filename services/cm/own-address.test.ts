import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';

const of = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const lo = [of('127.0.0.1', true), of('::1', true)];

test('a node that listens on one address is reached there', () => {
  expect(ownAddress('10.0.0.7', { lo, eth0: [of('10.0.0.7'), of('10.0.0.8')] })).toBe('10.0.0.7');
  expect(ownAddress('127.0.0.1', { eth0: [of('10.0.0.7')] })).toBe('127.0.0.1');
  expect(ownAddress('fd00::7', {})).toBe('[fd00::7]');
});

test('a node that listens on all is reached at the first that leads out of the machine, IPv4 before IPv6', () => {
  expect(ownAddress('0.0.0.0', { lo, eth0: [of('fe80::1'), of('fd00::7'), of('10.1.2.3')] })).toBe('10.1.2.3');
  expect(ownAddress('::', { lo, eth0: [of('fe80::1'), of('fd00::7')] })).toBe('[fd00::7]');
});

test('without a network it is reached on this machine alone', () => {
  expect(ownAddress('0.0.0.0', { lo })).toBe('127.0.0.1');
});
