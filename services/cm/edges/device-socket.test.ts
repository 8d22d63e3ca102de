import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { waitFor } from '../../../test/rigs/process.ts';
import { clientFrame, fin, opcodes, openTcp, readHead, upgradeRequest } from '../../../test/rigs/raw-sockets.ts';
import { sdkPath, subprotocol } from '../../common/protocol/device-frames.ts';
import { listenOn } from '../../common/rpc/app.ts';
import { appId, createNode } from '../testing/node-rig.ts';
import { createDeviceServer } from './device-server.ts';
import { closeGraceMs } from './device-socket.ts';

const { text, close } = opcodes;
const servers: Server[] = [];
const sockets: (Socket | WebSocket)[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) {
    if (socket instanceof WebSocket) socket.terminate();
    else socket.destroy();
  }
  for (const server of servers.splice(0)) server.close();
});

async function start() {
  const node = createNode();
  const server = createDeviceServer(node.gateway, node.doors, node.log);
  servers.push(server);
  const port = await listenOn(server, '127.0.0.1', 0, false);
  const cid = '5'.repeat(32);
  const login = { t: 'login', appId, cid, token: node.identity.deviceToken(appId, cid), seq: 0 };
  const counted = async (code: string): Promise<number> =>
    (await node.metrics.closes.get()).values.find(({ labels }) => labels['code'] === code)?.value ?? 0;
  const connections = promisify(server.getConnections.bind(server));
  /** All is over: nothing is held, nothing is awaited, and the close was counted under this code. */
  const over = (code: number) =>
    waitFor(`the server lets go, with ${code}`, async () => {
      return (await connections()) === 0 && node.gateway.counts().all === 0 && (await counted(String(code))) === 1;
    });
  return { node, port, cid, login, over, wire: () => node.gateway.all()[0]!.wire };
}

type Rig = Awaited<ReturnType<typeof start>>;

async function client({ port }: Rig): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${sdkPath}`, subprotocol);
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

async function raw({ port }: Rig): Promise<Socket> {
  const socket = await openTcp({ port });
  sockets.push(socket);
  socket.write(upgradeRequest());
  await readHead(socket);
  return socket;
}

describe('a close', () => {
  test('by the server is told with its reason, and is over when the client has answered', async () => {
    const rig = await start();
    const socket = await client(rig);
    rig.wire().close(4403, 'the device is blacklisted');
    expect(rig.wire().open).toBe(false);
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4403, 'the device is blacklisted']);
    await rig.over(4403);
  });

  test.each([
    [1000, [1000, 'bye']],
    [1005, []],
  ])('by the client, counted as %i, is answered with the same', async (code, args) => {
    const rig = await start();
    const socket = await client(rig);
    socket.close(...(args as [number, string]));
    const [answered] = (await once(socket, 'close')) as [number];
    expect(answered).toBe(code);
    await rig.over(code);
  });

  test('that the client does not answer ends in time', async () => {
    const rig = await start();
    await raw(rig);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      rig.wire().close(4503, 'draining');
      vi.advanceTimersByTime(closeGraceMs - 1);
      expect(rig.node.gateway.counts().all).toBe(1);
      vi.advanceTimersByTime(1);
    } finally {
      vi.useRealTimers();
    }
    await rig.over(1006);
  });

  test('of its connection without a close frame is one, though the client keeps its side open', async () => {
    const rig = await start();
    const socket = await raw(rig);
    socket.end();
    await once(socket.resume(), 'close');
    await rig.over(1006);
  });

  test('by a reset is one', async () => {
    const rig = await start();
    (await raw(rig)).resetAndDestroy();
    await rig.over(1006);
  });
});

test("what a device sends before it has read the close is taken: an ack isn't lost by it", async () => {
  const rig = await start();
  rig.node.queues.add(rig.cid, 1);
  const socket = await client(rig);
  const kinds: string[] = [];
  socket.on('message', (data) => kinds.push((JSON.parse(String(data)) as { t: string }).t));
  socket.send(JSON.stringify(rig.login));
  await waitFor('the push is there', () => kinds.includes('push'));
  // As it comes from a device that hasn't read that yet.
  rig.wire().close(4503, 'draining');
  socket.send('{"t":"ack","seq":1}');
  await once(socket, 'close');
  await waitFor('the queue is trimmed', () => rig.node.queues.seqs(rig.cid).length === 0);
});

test('what comes after its close is dropped', async () => {
  const rig = await start();
  const socket = await raw(rig);
  const frames = [clientFrame(fin | close, Buffer.from([3, 232])), clientFrame(fin | text, JSON.stringify(rig.login))];
  socket.write(Buffer.concat(frames));
  socket.write(clientFrame(fin | text, '{"t":"ping"}'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect([...answer]).toEqual([0x88, 2, 3, 232]);
  await once(socket.resume(), 'close');
  await rig.over(1000);
  expect(rig.node.queues.count('attach')).toBe(0);
});

test('what breaks the protocol is closed with the reason, and others are read on', async () => {
  const rig = await start();
  const other = await client(rig);
  const socket = await raw(rig);
  socket.write(Buffer.from([fin | text, 1, 0x78]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.readUInt16BE(2)).toBe(1002);
  expect(answer.toString('utf8', 4)).toBe('a frame of a client has no mask');
  other.send('{"t":"ping"}');
  const [pong] = (await once(other, 'message')) as [Buffer];
  expect(String(pong)).toBe('{"t":"pong"}');
});

test('a connection whose message has come in part is read on, whatever comes of others between', async () => {
  const rig = await start();
  const [slow, quick] = [await raw(rig), await raw(rig)];
  const ping = clientFrame(fin | text, '{"t":"ping"}');
  for (const byte of ping.subarray(0, -1)) {
    slow.write(Buffer.of(byte));
    quick.write(ping);
    const [answer] = (await once(quick, 'data')) as [Buffer];
    expect(answer.toString('utf8', 2)).toBe('{"t":"pong"}');
  }
  slow.write(ping.subarray(-1));
  const [answer] = (await once(slow, 'data')) as [Buffer];
  expect(answer.toString('utf8', 2)).toBe('{"t":"pong"}');
});
