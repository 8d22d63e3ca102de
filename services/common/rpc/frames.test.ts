import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, FrameReader, FrameWriter, frameKinds } from './frames.ts';

/** What a writer writes of these, all in one turn. */
async function written(frames: { kind: 1 | 2 | 3; text: string }[]): Promise<Buffer> {
  const socket = new PassThrough({ highWaterMark: 2 ** 30 });
  const writer = new FrameWriter(socket as unknown as Socket);
  for (const [index, { kind, text }] of frames.entries()) writer.send(kind, index + 1, text, 'greet');
  writer.end();
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function read(bytes: Buffer, cuts: number[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < edges.length; index++) reader.push(bytes.subarray(edges[index - 1], edges[index]));
  return frames;
}

test('what is written is read, wherever the bytes are cut', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.integer({ min: 20_000, max: 200_000 }).map((length) => '个x'.repeat(length / 2)),
  );
  const frames = fc.array(fc.record({ kind: fc.constantFrom(1, 2, 3), text }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.nat(), { maxLength: 8 }), async (sent, cuts) => {
      const got = read(await written(sent), cuts).sort((a, b) => a.id - b.id);
      expect(got).toEqual(
        sent.map(({ kind, text: body }, index) => ({
          ...{ kind, id: index + 1, name: kind === frameKinds.call ? 'greet' : '', body },
          bytes: Buffer.byteLength(body),
        })),
      );
    }),
    { seed: 7, numRuns: 60 },
  );
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('a long message waits while the socket takes nothing, however many short ones are sent meanwhile', async () => {
  const socket = new PassThrough({ highWaterMark: 1_024 });
  const writer = new FrameWriter(socket as unknown as Socket);
  writer.send(frameKinds.answer, 1, 'x'.repeat(1_000_000));
  for (let id = 2; id < 40; id++) {
    await nextTurn();
    writer.send(frameKinds.answer, id, 'short');
  }
  expect(socket.writableLength + socket.readableLength).toBeLessThan(200_000);
  expect(socket.listenerCount('drain')).toBeLessThan(5);
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  writer.end();
  for await (const chunk of socket) reader.push(chunk as Buffer);
  expect(frames.map(({ id }) => id)).toEqual([...Array.from({ length: 38 }, (_none, index) => index + 2), 1]);
});

test('it is told when less is waiting, also where the socket never was full', async () => {
  const socket = new PassThrough({ highWaterMark: 2 ** 30 });
  const waiting: number[] = [];
  const writer: FrameWriter = new FrameWriter(socket as unknown as Socket, () => waiting.push(writer.waitingBytes));
  socket.resume();
  writer.send(frameKinds.answer, 1, 'x'.repeat(1_000_000));
  for (let turn = 0; turn < 60; turn++) await nextTurn();
  expect(waiting.length).toBeGreaterThan(20);
  expect(waiting.at(-1)).toBe(0);
});

test('parts of messages that never end are bounded', () => {
  const reader = new FrameReader(() => {});
  const part = Buffer.alloc(9 + 65_536);
  part.writeUInt32BE(5 + 65_536);
  part[4] = frameKinds.part;
  expect(() => {
    for (let times = 0; times < 2_050; times++) reader.push(part);
  }).toThrow('bytes of parts');
});
