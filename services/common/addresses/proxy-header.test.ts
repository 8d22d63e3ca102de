import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxyHeader } from './proxy-header.ts';

const signature = '\r\n\r\n\0\r\nQUIT\n';

function version2(command: number, family: number, said: Buffer | string): Buffer {
  const body = Buffer.from(said);
  const head = Buffer.from(`${signature}\0\0\0\0`, 'latin1');
  head[12] = 0x20 | command;
  head[13] = family;
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
}

const four = Buffer.from([198, 51, 100, 7, 10, 0, 0, 1, 0x12, 0x34, 0, 80]);
const six = Buffer.from('20010db8000000000000000000000007'.padEnd(64, '0').concat('12340050'), 'hex');

const good: [string, Buffer, string | undefined][] = [
  ['version 1, IPv4', Buffer.from('PROXY TCP4 198.51.100.7 10.0.0.1 4711 443\r\n'), '198.51.100.7'],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n'), '2001:db8::7'],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['version 1, unknown with addresses', Buffer.from('PROXY UNKNOWN ff:: ff:: 1 2\r\n'), undefined],
  ['version 2, IPv4', version2(1, 0x11, four), '198.51.100.7'],
  ['version 2, IPv6', version2(1, 0x21, six), '2001:db8:0:0:0:0:0:7'],
  [
    'version 2, with what else it tells',
    version2(1, 0x11, Buffer.concat([four, Buffer.alloc(200, 4)])),
    '198.51.100.7',
  ],
  ['version 2, a check of health', version2(0, 0, ''), undefined],
  ['version 2, a path of a machine', version2(1, 0x31, Buffer.alloc(216)), undefined],
];

describe('a PROXY header', () => {
  test.each(good)('%s is read, and the stream goes on after it', (_what, header, address) => {
    const bytes = Buffer.concat([header, Buffer.from('GET /')]);
    expect(parseProxyHeader(bytes)).toEqual({ is: 'whole', length: header.length, address });
  });

  test.each(good)('%s may come in pieces', (_what, header) => {
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(header.subarray(0, length))).toEqual({ is: 'partial' });
    }
  });

  test.each([
    ['a request', 'GET /sdk/v1 HTTP/1.1\r\n'],
    ['another family', 'PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n'],
    ['too few fields', 'PROXY TCP4 1.2.3.4\r\n'],
    ['too many', 'PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n'],
    ['no address', 'PROXY TCP4 localhost 1.2.3.4 1 2\r\n'],
    ['no port', 'PROXY TCP4 1.2.3.4 1.2.3.4 x 2\r\n'],
    ['no end', `PROXY TCP4 ${'1'.repeat(200)}`],
    ['small letters', 'proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n'],
  ])('version 1 with %s is none', (_what, text) => {
    expect(parseProxyHeader(Buffer.from(text))).toEqual({ is: 'bad' });
  });

  test.each([
    ['too short for its addresses', version2(1, 0x11, 'short')],
    ['too short for those of IPv6', version2(1, 0x21, four)],
    ['an unknown command', version2(2, 0x11, four)],
    ['a length beyond the bound', version2(1, 0x11, Buffer.alloc(3_000))],
    ['another version', Buffer.concat([Buffer.from(`${signature}\x31`, 'latin1'), Buffer.alloc(30)])],
  ])('version 2 with %s is none', (_what, bytes) => {
    expect(parseProxyHeader(bytes)).toEqual({ is: 'bad' });
  });

  test('whatever comes is read without a fault', () => {
    const starts = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', signature);
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
        const header = parseProxyHeader(bytes);
        if (header.is === 'whole') expect(header.length).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 15, numRuns: 5_000 },
    );
  });
});
