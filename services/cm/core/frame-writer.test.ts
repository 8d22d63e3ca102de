import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { closeFrame, pongFrame, textFrame } from './frame-writer.ts';

/** What a client reads when a server writes these bytes to its connection. */
async function readBy(frames: Buffer[]): Promise<string[]> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (_socket, request) => {
    for (const frame of frames) request.socket.write(frame);
  });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: string[] = [];
  client.on('message', (data, isBinary) => read.push(`${isBinary ? 'binary' : 'text'} ${String(data)}`));
  while (read.length < frames.length) await once(client, 'message');
  client.terminate();
  server.close();
  return read;
}

it('a text of any length is one frame, as a client reads it', async () => {
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map((length) => 'x'.repeat(length));
  expect(await readBy(texts.map(textFrame))).toEqual(texts.map((text) => `text ${text}`));
});

it('its length is that of its bytes, not of its characters', async () => {
  expect(await readBy([textFrame('推送')])).toEqual(['text 推送']);
});

it.each([
  ['short', 'short'],
  ['', ''],
  ['x'.repeat(200), 'x'.repeat(123)],
  ['推'.repeat(60), '推'.repeat(41)],
])('a close frame has as much of the reason %s as there is room for', (reason, said) => {
  const frame = closeFrame(4429, reason);
  expect([frame[0], frame[1], frame.readUInt16BE(2)]).toEqual([0x88, frame.length - 2, 4429]);
  expect(frame.toString('utf8', 4)).toBe(said);
});

it('a close frame names no code if there is none, and a pong has its payload', () => {
  expect([...closeFrame(undefined)]).toEqual([0x88, 0]);
  expect([...pongFrame(Buffer.from('ab'))]).toEqual([0x8a, 2, 0x61, 0x62]);
});
