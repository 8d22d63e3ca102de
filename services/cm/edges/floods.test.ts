import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { RawDevice } from '../../../test/rigs/device.ts';
import { waitFor } from '../../../test/rigs/process.ts';
import { clientFrame, fin, opcodes, openTcp, readHead, upgradeRequest } from '../../../test/rigs/raw-sockets.ts';
import { sdkPath } from '../../common/protocol/device-frames.ts';
import { listenOn } from '../../common/rpc/app.ts';
import { appId, createNode } from '../testing/node-rig.ts';
import { createDeviceServer } from './device-server.ts';

const forEver = Number.MAX_SAFE_INTEGER;
const maxBufferedBytes = 262_144;
const { text, continuation, ping, pong } = opcodes;

// Thousands of connections, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function start() {
  const node = createNode();
  node.room.maxBufferedBytes = maxBufferedBytes;
  node.limits.window = 999;
  const server = createDeviceServer(node.gateway, node.doors, node.log);
  servers.push(server);
  const port = await listenOn(server, '127.0.0.1', 0, false);
  return { node, port };
}

type Rig = Awaited<ReturnType<typeof start>>;

async function openSocket({ port }: Rig): Promise<Socket> {
  const socket = await openTcp({ port });
  socket.setNoDelay(true);
  socket.write(upgradeRequest());
  expect(await readHead(socket)).toContain(' 101 ');
  return socket;
}

async function online({ node, port }: Rig, cid: string): Promise<{ device: RawDevice; conn: number }> {
  const device = await RawDevice.open(`ws://127.0.0.1:${port}${sdkPath}`);
  await device.login(appId, { cid, token: node.identity.deviceToken(appId, cid) });
  return { device, conn: node.queues.routes.get(cid)!.conn };
}

/** Reads what is left and answers the code of the close frame that it ends with. */
async function closeCodeOf(socket: Socket): Promise<number | undefined> {
  let tail = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-200);
  });
  await waitFor('a close frame, or the end', () => tail.lastIndexOf(0x88) >= 0 || socket.closed, 5_000, 5);
  const at = tail.lastIndexOf(0x88);
  socket.destroy();
  return at < 0 ? undefined : tail.readUInt16BE(at + 2);
}

const tiny = clientFrame(fin | text, 'x'.repeat(9_000));
const floods: [string, number, (index: number) => Buffer][] = [
  ['pings', 5_000, () => clientFrame(fin | ping, 'x'.repeat(125))],
  ['pongs', 5_000, () => clientFrame(fin | pong, 'x'.repeat(125))],
  ['empty fragments', 5_000, (index) => clientFrame(index === 0 ? text : continuation)],
  ['fragments of a byte', 5_000, (index) => clientFrame(index === 0 ? text : continuation, 'x')],
  // Valid messages, of which only the fragments are too many.
  [
    'messages in twelve fragments',
    5_000,
    (index) => clientFrame((index % 12 === 0 ? text : 0) | (index % 12 === 11 ? fin : 0), '{"t":"ping"}'[index % 12]!),
  ],
  ['a frame in pieces of a byte', tiny.length, (index) => tiny.subarray(index, index + 1)],
];

test.each(floods)(
  '%s without end are closed 4429, and a device beside them gets its pushes meanwhile',
  async (_what, count, part) => {
    const rig = await start();
    const { device, conn } = await online(rig, 'd'.repeat(32));
    const socket = await openSocket(rig);
    const closing = waitFor(
      'the server begins to close',
      () => rig.node.gateway.all().some(({ wire }) => !wire.open),
      10_000,
      1,
    );
    let sent = 0;
    for (let index = 0; index < count && socket.writable; index++) {
      socket.write(part(index));
      if (index % 10 === 0 && sent < 20) {
        sent++;
        const body = `{"t":"push","id":"m${sent}"}`;
        const targets = [{ conn, prev: sent - 1 }];
        rig.node.gateway.deliver([{ task: `t${sent}`, exp: forEver, body, seq: sent, targets }]);
      }
      await nextTurn();
      if (rig.node.gateway.all().length < 2) break;
    }
    await closing;
    expect(await closeCodeOf(socket)).toBe(4429);
    for (let seq = 1; seq <= 20; seq++) expect((await device.next('push')).seq).toBe(seq);
    await device.end();
  },
);

test('a frame that has come in part costs nothing of another connection', async () => {
  const rig = await start();
  const slow = await openSocket(rig);
  const long = clientFrame(fin | text, 'x'.repeat(9_000));
  slow.write(long.subarray(0, 300));
  const quick = await openSocket(rig);
  // Of 600 frames in a moment; as pieces of that frame they would cost twice as much.
  for (let sent = 0; sent < 400; sent++) {
    quick.write(clientFrame(fin | text, '{"t":"ping"}'));
    const [answer] = (await once(quick, 'data')) as [Buffer];
    expect(answer.toString()).toContain('pong');
  }
  slow.write(long.subarray(300));
  const [answer] = (await once(slow, 'data')) as [Buffer];
  expect(answer.toString()).toContain('bad_frame');
  expect(rig.node.gateway.counts().all).toBe(2);
  for (const socket of [slow, quick]) socket.destroy();
});

test('a device that answers and sends pings at its pace stays, each ping answered with its payload', async () => {
  const rig = await start();
  const socket = await openSocket(rig);
  for (let index = 0; index < 100; index++) {
    socket.write(clientFrame(fin | ping, `p${index}`));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.subarray(2).toString()).toBe(`p${index}`);
    socket.write(clientFrame(fin | pong));
  }
  expect(rig.node.gateway.all()[0]?.wire.open).toBe(true);
  socket.destroy();
});
