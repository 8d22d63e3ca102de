import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './text-frame.ts';

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
