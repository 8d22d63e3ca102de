import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientFrame, fin, opcodes } from '../../../test/rigs/raw-sockets.ts';
import { FrameMeter } from './frame-meter.ts';

const { text, binary, continuation, ping, pong, close } = opcodes;

test.each([
  ['a whole text', clientFrame(fin | text, 'hello'), 0],
  ['a whole binary', clientFrame(fin | binary, Buffer.alloc(300)), 0],
  ['a ping', clientFrame(fin | ping), 1],
  ['a pong', clientFrame(fin | pong, 'x'), 1],
  ['a close', clientFrame(fin | close, Buffer.from([3, 232])), 1],
  ['an empty fragment', clientFrame(text), 1],
  ['a message in three', Buffer.concat([clientFrame(text, 'a'), clientFrame(continuation), clientFrame(fin)]), 3],
])('%s costs its frames', (_what, bytes, cost) => {
  expect(new FrameMeter().measure(bytes)).toBe(cost);
});

test('a frame that comes in small pieces costs each of them, one in large pieces nothing', () => {
  const bytes = clientFrame(fin | text, 'x'.repeat(1_200));
  const costOf = (size: number): number => {
    const meter = new FrameMeter();
    let cost = 0;
    for (let at = 0; at < bytes.length; at += size) cost += meter.measure(bytes.subarray(at, at + size));
    return cost;
  };
  expect(costOf(1)).toBe(bytes.length - 1);
  expect(costOf(100)).toBe(12);
  expect(costOf(404)).toBe(0);
});

const frame = fc.record({
  first: fc.constantFrom(fin | text, fin | binary, text, continuation, fin, fin | ping, fin | pong),
  // Lengths of 7 and of 16 bits.
  length: fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 120, max: 130 }),
    fc.integer({ max: 70_000, min: 0 }),
  ),
});

test('frames of any lengths are counted alike, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 8 }), (frames, cuts) => {
      const parts = frames.map(({ first, length }) => longFrame(first, length));
      const bytes = Buffer.concat(parts);
      const starts = new Set<number>();
      let sum = 0;
      for (const part of parts) {
        starts.add(sum);
        sum += part.length;
      }
      const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => ({ start: at[index]!, end }));
      const meter = new FrameMeter();
      const cost = pieces.reduce((total, { start, end }) => total + meter.measure(bytes.subarray(start, end)), 0);
      const small = pieces.filter(({ start, end }) => !starts.has(start) && end - start < 256).length;
      const counted = frames.filter(({ first }) => first !== (fin | text) && first !== (fin | binary)).length;
      expect(cost).toBe(counted + small);
    }),
    { seed: 14, numRuns: 2_000 },
  );
});

/** As `clientFrame`, also with a length of 64 bits. */
function longFrame(first: number, length: number): Buffer {
  if (length < 65_536) return clientFrame(first, Buffer.alloc(length, first));
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(length, first)]);
}
