import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientFrame, fin, opcodes } from '../../../test/rigs/raw-sockets.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';

const { text, binary, continuation, ping, pong, close } = opcodes;
const maxMessageBytes = 70_000;

/** What a client's pieces come to: events in their order, and what they were charged. */
class Told implements FrameSink {
  readonly events: string[] = [];
  cost = 0;
  #reader: FrameReader;

  constructor(pieces: Buffer[], maxBytes = maxMessageBytes) {
    this.#reader = new FrameReader(maxBytes);
    // Of a copy: masks are taken off where the bytes are.
    for (const piece of pieces) this.#reader.read(Buffer.from(piece), this);
  }

  get atRest(): boolean {
    return this.#reader.atRest;
  }

  charged(frames: number): void {
    this.cost += frames;
  }
  text(said: string): void {
    this.events.push(`text ${said}`);
  }
  binary(): void {
    this.events.push('binary');
  }
  pinged(payload: Buffer): void {
    this.events.push(`ping ${String(payload)}`);
  }
  ponged(): void {
    this.events.push('pong');
  }
  leaving(code: number | undefined): void {
    this.events.push(`close ${code}`);
  }
  broken(code: number, fault: string): void {
    this.events.push(`broken ${code} ${fault}`);
  }
}

const told = (...pieces: Buffer[]): string[] => new Told(pieces).events;

describe('what frames cost', () => {
  test.each([
    ['a whole text', clientFrame(fin | text, 'hello'), 0],
    ['a whole binary', clientFrame(fin | binary, Buffer.alloc(300)), 0],
    ['a ping', clientFrame(fin | ping), 1],
    ['a pong', clientFrame(fin | pong, 'x'), 1],
    ['a close', clientFrame(fin | close, Buffer.from([3, 232])), 1],
    ['an empty fragment', clientFrame(text), 1],
    ['a message in three', Buffer.concat([clientFrame(text, 'a'), clientFrame(continuation), clientFrame(fin)]), 3],
  ])('%s costs its frames', (_what, bytes, cost) => {
    expect(new Told([bytes]).cost).toBe(cost);
  });

  test('a frame that comes in small pieces costs each of them, one in large pieces nothing', () => {
    const bytes = clientFrame(fin | text, 'x'.repeat(1_200));
    const costOf = (size: number): number => new Told(cut(bytes, size)).cost;
    expect(costOf(1)).toBe(bytes.length - 1);
    expect(costOf(100)).toBe(12);
    expect(costOf(404)).toBe(0);
  });
});

describe('what a client may not send', () => {
  const closeOf = (...bytes: number[]): Buffer => clientFrame(fin | close, Buffer.from(bytes));
  const unmasked = Buffer.from([fin | text, 1, 0x78]);
  const endless = Buffer.from([fin | text, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  const fragments = (count: number): Buffer[] =>
    Array.from({ length: count }, (_none, index) => clientFrame(index === 0 ? text : continuation, 'x'));

  test.each([
    ['a reserved bit', 1002, [clientFrame(fin | 0x40 | text, 'x')]],
    ['an opcode that there is not', 1002, [clientFrame(fin | 0x3, 'x')]],
    ['a control opcode that there is not', 1002, [clientFrame(fin | 0xb)]],
    ['a frame without a mask', 1002, [unmasked]],
    ['a ping in fragments', 1002, [clientFrame(ping, 'x')]],
    ['a ping of 126 bytes', 1002, [clientFrame(fin | ping, 'x'.repeat(126))]],
    ['a continuation of nothing', 1002, [clientFrame(fin, 'x')]],
    ['a continuation after a whole message', 1002, [clientFrame(text, 'a'), clientFrame(fin, 'b'), clientFrame(fin)]],
    ['a message within another', 1002, [clientFrame(text, 'x'), clientFrame(fin | text, 'y')]],
    ['a close with half a code', 1002, [closeOf(3)]],
    ['a close with code 999', 1002, [closeOf(3, 231)]],
    ['a close with code 1004', 1002, [closeOf(3, 236)]],
    ['a close with code 1005', 1002, [closeOf(3, 237)]],
    ['a close with code 1006', 1002, [closeOf(3, 238)]],
    ['a close with code 1015', 1002, [closeOf(3, 247)]],
    ['a close with code 2999', 1002, [closeOf(11, 183)]],
    ['a close with code 5000', 1002, [closeOf(19, 136)]],
    ['a close whose reason is not UTF-8', 4400, [closeOf(3, 232, 0xff)]],
    ['a text that is not UTF-8', 4400, [clientFrame(fin | text, Buffer.from([0xc3, 0x28]))]],
    ['a text whose last character is cut', 4400, [clientFrame(text, Buffer.from([0xe6])), clientFrame(fin, 'x')]],
    ['a frame that is too large', 4413, [clientFrame(fin | text, 'x'.repeat(101))]],
    ['a frame of 2^63 bytes', 4413, [endless]],
    [
      'fragments that are too large together',
      4413,
      [clientFrame(text, 'x'.repeat(60)), clientFrame(0, 'x'.repeat(41))],
    ],
    ['129 fragments', 4429, fragments(129).map((frame) => Buffer.from(frame))],
  ])('%s is broken off with %i, and nothing is read after it', (_what, code, frames) => {
    const maxBytes = frames.length > 100 ? 1_000 : 100;
    for (const size of [1, 7, 100_000]) {
      const bytes = Buffer.concat([...frames, clientFrame(fin | text, 'later')]);
      const { events, atRest } = new Told(cut(bytes, size), maxBytes);
      const said = events.filter((event) => !event.startsWith('text ab'));
      expect(said).toEqual([expect.stringMatching(new RegExp(`^broken ${code} `))]);
      expect(atRest).toBe(false);
    }
  });

  test('128 fragments are a message, with pings between them', () => {
    const frames = fragments(127).flatMap((frame, index) => [frame, clientFrame(fin | ping, `p${index}`)]);
    const events = told(...frames, clientFrame(fin, '!'));
    expect(events.length).toBe(128);
    expect(events.at(-1)).toBe(`text ${'x'.repeat(127)}!`);
  });

  test('a length that is only announced takes no memory', () => {
    const head = clientFrame(fin | text, 'x'.repeat(60_000)).subarray(0, 20);
    const before = process.memoryUsage().arrayBuffers;
    const waiting = Array.from({ length: 1_000 }, () => new Told([head]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
    expect(waiting.every(({ atRest }) => !atRest)).toBe(true);
  });
});

test.each([
  [1000, Buffer.from([3, 232])],
  [undefined, Buffer.alloc(0)],
  [1014, Buffer.from([3, 246])],
  [3000, Buffer.from([11, 184, 0x78])],
  [4999, Buffer.from([19, 135])],
])('a close with %i is told, and nothing is read after it', (code, payload) => {
  expect(told(clientFrame(fin | close, payload), clientFrame(fin | text, 'later'))).toEqual([`close ${code}`]);
});

test('a mask is taken off, wherever the frame is cut', () => {
  const said = '推送 push';
  const mask = [0x12, 0xfe, 0x00, 0x9c];
  const payload = Buffer.from(said).map((byte, index) => byte ^ mask[index % 4]!);
  const bytes = Buffer.concat([Buffer.from([fin | text, 0x80 | payload.length, ...mask]), payload]);
  for (let size = 1; size <= bytes.length; size++) expect(told(...cut(bytes, size))).toEqual([`text ${said}`]);
});

const payload = fc.oneof(
  fc.nat(10).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 120, max: 130 }).map((length) => 'y'.repeat(length)),
  fc.nat(maxMessageBytes - 10).map((length) => '推'.repeat(length / 3)),
);
/** A message in so many fragments, a ping within it or none, and what is told of it. */
const message = fc
  .record({ payload, fragments: fc.integer({ min: 1, max: 4 }), withPing: fc.boolean(), isText: fc.boolean() })
  .map(({ payload, fragments, withPing, isText }) => {
    const bytes = Buffer.from(payload);
    const frames: Buffer[] = [];
    for (let index = 0; index < fragments; index++) {
      const isLast = index === fragments - 1;
      const from = Math.floor((bytes.length * index) / fragments);
      const to = Math.floor((bytes.length * (index + 1)) / fragments);
      const first = (isLast ? fin : 0) | (index > 0 ? continuation : isText ? text : binary);
      frames.push(longFrame(first, bytes.subarray(from, to)));
      if (withPing && !isLast) frames.push(clientFrame(fin | ping, 'p'));
    }
    const pings = withPing ? Array.from({ length: fragments - 1 }, () => 'ping p') : [];
    const counted = fragments === 1 ? 0 : fragments;
    return { frames, events: [...pings, isText ? `text ${payload}` : 'binary'], cost: counted + pings.length };
  });

test('messages of any lengths and fragments are read and charged alike, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), (messages, cuts) => {
      const frames = messages.flatMap((one) => one.frames);
      const bytes = Buffer.concat(frames);
      const starts = new Set<number>();
      let sum = 0;
      for (const frame of frames) {
        starts.add(sum);
        sum += frame.length;
      }
      const at = [...new Set([0, ...cuts.map((one) => one % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => ({ start: at[index]!, end }));
      const seen = new Told(pieces.map(({ start, end }) => bytes.subarray(start, end)));
      expect(seen.events).toEqual(messages.flatMap(({ events }) => events));
      expect(seen.atRest).toBe(true);
      const small = pieces.filter(({ start, end }) => !starts.has(start) && end - start < 256).length;
      expect(seen.cost).toBe(messages.reduce((total, { cost }) => total + cost, 0) + small);
    }),
    { seed: 14, numRuns: 1_000 },
  );
});

function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** As `clientFrame`, with a mask, also with a length of 64 bits. */
function longFrame(first: number, payload: Buffer): Buffer {
  const mask = Buffer.from([0xa1, 0x02, 0xff, 0x40]);
  const bytes = Buffer.from(payload.map((byte, index) => byte ^ mask[index & 3]!));
  if (payload.length < 65_536) {
    const frame = clientFrame(first, bytes);
    mask.copy(frame, frame.length - bytes.length - 4);
    return frame;
  }
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  mask.copy(head, 10);
  return Buffer.concat([head, bytes]);
}
