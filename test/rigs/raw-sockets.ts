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

export interface Attempt {
  /** Of the answer to the upgrade; 0 if there was none. */
  status: number;
  head: string;
  /** Frames that came, parsed. */
  frames: { t: string; [field: string]: unknown }[];
  /** Of the close frame; undefined where there was none. */
  code: number | undefined;
}

/** Connects, sends a frame, and answers what came until the first frame of `until`, or the end. The connection is closed then. */
export async function attempt(
  endpoint: Endpoint,
  frame: object,
  {
    headers = {},
    before = '',
    until = 'welcome',
  }: { headers?: Record<string, string>; before?: string | Buffer; until?: string } = {},
): Promise<Attempt> {
  const socket = await openTcp(endpoint);
  socket.write(Buffer.concat([Buffer.from(before), Buffer.from(upgradeRequest(headers))]));
  let bytes = Buffer.alloc(0);
  let sent = false;
  const answer: Attempt = { status: 0, head: '', frames: [], code: undefined };
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) continue;
    answer.head = bytes.toString('latin1', 0, end);
    answer.status = Number(answer.head.slice(9, 12));
    if (!sent && answer.status === 101) socket.write(clientFrame(fin | opcodes.text, JSON.stringify(frame)));
    sent = true;
    readFrames(bytes.subarray(end + 4), answer);
    if (answer.code !== undefined || answer.frames.some(({ t }) => t === until)) break;
  }
  socket.destroy();
  return answer;
}

/** A server's frames, whole ones of less than 64 KiB. */
function readFrames(bytes: Buffer, answer: Attempt): void {
  answer.frames = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    const short = bytes[at + 1]!;
    if (short === 126 && at + 4 > bytes.length) return;
    const start = at + (short === 126 ? 4 : 2);
    const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
    if (end > bytes.length) return;
    if (opcode === opcodes.text) answer.frames.push(JSON.parse(bytes.toString('utf8', start, end)));
    if (opcode === opcodes.close) answer.code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
    at = end;
  }
}
