import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInternalAddress } from './internal-address.ts';

const internal = {
  unspecified: ['0.0.0.0', '0.1.2.3', '0.255.255.255', '::', '0:0:0:0:0:0:0:0'],
  loopback: ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'carriers (CGNAT)': ['100.64.0.0', '100.100.100.200', '100.127.255.255'],
  'link-local': ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::', 'fe80::1', 'febf:ffff::1'],
  'unique-local and site-local': ['fc00::', 'fd00:ec2::254', 'fdff:ffff::1', 'fec0::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff::1'],
  'reserved and broadcast': ['240.0.0.0', '255.255.255.254', '255.255.255.255'],
  documentation: ['192.0.2.1', '198.51.100.255', '203.0.113.0', '2001:db8::1', '3fff:fff::1'],
  'protocol assignments': ['192.0.0.0', '192.0.0.192', '192.88.99.1', '2001::', '2001:0:4136:e378::1', '2001:1ff::1'],
  benchmarks: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  "a cloud's services": ['168.63.129.16'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.1.2.3', '0:0:0:0:0:ffff:a9fe:a9fe', '::ffff:0.0.0.0'],
  'IPv4-compatible and translated': ['::127.0.0.1', '::8.8.8.8', '::ffff:0:8.8.8.8'],
  NAT64: ['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::8.8.8.8', '64:ff9b:0:1::8.8.8.8'],
  '6to4': ['2002::', '2002:7f00:1::', '2002:808:808::1'],
  'not given out': ['100::1', '4000::1', '5f00::1', '1fff:ffff::1', '8000::1'],
};

test.each(Object.entries(internal).flatMap(([kind, addresses]) => addresses.map((address) => [kind, address])))(
  '%s: %s is internal',
  (_, address) => expect(isInternalAddress(address)).toBe(true),
);

test.each([
  ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '168.63.129.15', '168.63.129.17', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
  ...['192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
  ...[
    '2000::',
    '2001:200::1',
    '2001:db7:ffff::1',
    '2001:db9::',
    '2003::1',
    '2606:4700::1111',
    '3ffe::1',
    '3fff:1000::1',
  ],
  ...['::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8', '2A00:1450:4001::200E'],
])('%s is of the internet', (address) => expect(isInternalAddress(address)).toBe(false));

test.each([
  ...[
    '',
    'localhost',
    'example.com',
    '8.8.8',
    '8.8.8.8.8',
    '8.8.8.256',
    '08.8.8.8',
    '0x8.8.8.8',
    '134744072',
    '8.8.8.8 ',
  ],
  ...[
    ' 8.8.8.8',
    '8.8.8.8\n',
    '[2606:4700::1111]',
    '2606:4700::1111%eth0',
    '2606::1::1',
    '2606:4700',
    '12345::1',
    ':::',
  ],
  ...['2606:4700::1111]/[', '1:2:3:4:5:6:7:8:9', '::ffff:8.8.8', '::ffff:8.8.8.256'],
])('%j is not the text of an address, and counts as internal', (text) => expect(isInternalAddress(text)).toBe(true));

test('an IPv4 address counts the same by itself, mapped into IPv6 and behind NAT64', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const expected = isInternalAddress(address);
      expect(isInternalAddress(`::ffff:${address}`)).toBe(expected);
      expect(isInternalAddress(`64:ff9b::${address}`)).toBe(expected);
    }),
  );
});

test('an address counts the same however it is written, and no text throws', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
      expect(isInternalAddress(full.toUpperCase())).toBe(
        isInternalAddress(new URL(`http://[${full}]`).hostname.slice(1, -1)),
      );
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof isInternalAddress(text) === 'boolean'));
});
