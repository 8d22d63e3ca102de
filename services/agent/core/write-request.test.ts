import { expect, test } from 'vitest';
import { labelsOf } from './series.ts';
import { encodeWriteRequest } from './write-request.ts';

/** Bytes as protobuf's documentation lays them out, written by hand. */
const hex = (text: string): string => text.replaceAll(/\s|\/\/.*$/gm, '');

test('a request is laid out as WriteRequest { TimeSeries { Label, Sample } }', () => {
  const request = encodeWriteRequest([{ labels: labelsOf('up', { é: '' }), value: 1.5 }], 1_700_000_000_000);
  expect(request.toString('hex')).toBe(
    hex(`
      0a 2a                                   // timeseries, 42 bytes
        0a 0e                                 // label
          0a 08 5f5f6e616d655f5f              // "__name__"
          12 02 7570                          // "up"
        0a 06                                 // label
          0a 02 c3a9                          // "é"
          12 00                               // ""
        12 10                                 // sample
          09 000000000000f83f                 // 1.5
          10 80d095ffbc31                     // 1700000000000
    `),
  );
});

test('the end of a series is the one NaN that Prometheus knows it by, and another NaN stays another', () => {
  const bitsOf = (value: number | null): bigint => encodeWriteRequest([{ labels: [], value }], 1).readBigUInt64LE(5);
  expect(bitsOf(null)).toBe(0x7ff0000000000002n);
  expect(bitsOf(Number.NaN)).toBe(0x7ff8000000000000n);
});

test('a long label, and many series, are counted by their bytes', () => {
  const labels = labelsOf('x'.repeat(300), { text: 'ü'.repeat(20_000) });
  const one = encodeWriteRequest([{ labels, value: 1 }], 1_700_000_000_000);
  const many = encodeWriteRequest(Array(50).fill({ labels, value: 1 }), 1_700_000_000_000);
  expect(one.length).toBeGreaterThan(40_300);
  expect(many).toEqual(Buffer.concat(Array(50).fill(one)));
});
