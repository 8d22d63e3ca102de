import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sdkPath } from '../../services/common/protocol/device-frames.ts';

/** Where a device port is, and from which address to come. */
export interface Endpoint {
  port: number;
  localAddress?: string;
}

/** The request of an upgrade, as a device sends it. */
export function upgradeRequest(headers: Record<string, string> = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${sdkPath} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A connection over TCP that has sent nothing yet. */
export async function openTcp({ port, localAddress }: Endpoint): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, ...(localAddress === undefined ? {} : { localAddress }) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What is answered until the blank line after the head; all there was, if the connection closes before. */
export async function readHead(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (text.includes('\r\n\r\n')) break;
  }
  return text;
}

/** A client's frame (RFC 6455, 5.2) with a mask of zeros. @param first its first byte: FIN and opcode. */
export function clientFrame(first: number, payload: string | Buffer = ''): Buffer {
  const body = Buffer.from(payload);
  const length = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), body]);
}

export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa };
export const fin = 0x80;

/** Ways to connect that lead nowhere. Each resolves when the connection is closed. */
export const futileConnects = {
  async 'bare TCP'(endpoint: Endpoint): Promise<void> {
    const socket = await openTcp(endpoint);
    socket.end();
    await closed(socket);
  },
  async 'upgrade, then reset'(endpoint: Endpoint): Promise<void> {
    const socket = await openTcp(endpoint);
    socket.write(upgradeRequest());
    await readHead(socket);
    socket.resetAndDestroy();
    await closed(socket);
  },
  async 'wrong token'(endpoint: Endpoint): Promise<void> {
    const socket = await openTcp(endpoint);
    const login = { t: 'login', appId: 'app', cid: '0'.repeat(32), token: 'wrong', seq: 0 };
    socket.write(upgradeRequest());
    await readHead(socket);
    socket.write(clientFrame(fin | opcodes.text, JSON.stringify(login)));
    // Its answer is a close frame, after which the server waits for one.
    socket.once('data', () => socket.destroy());
    await closed(socket);
  },
} satisfies Record<string, (endpoint: Endpoint) => Promise<void>>;

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

/** Does something `count` times, so many at once. */
export async function loop(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) await work(begun++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
