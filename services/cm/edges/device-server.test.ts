import { once } from 'node:events';
import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import {
  clientFrame,
  fin,
  futileConnects,
  loop,
  opcodes,
  openTcp,
  readHead,
  upgradeRequest,
} from '../../../test/rigs/raw-sockets.ts';
import { sdkPath, subprotocol } from '../../common/protocol/device-frames.ts';
import { listenOn } from '../../common/rpc/app.ts';
import { createNode } from '../testing/node-rig.ts';
import { createDeviceServer, type DeviceServerOptions } from './device-server.ts';

// Thousands of connections, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function start(more: Partial<DeviceServerOptions> = {}) {
  const node = createNode({ maxConnections: 1_000 });
  const server = createDeviceServer(node.gateway, { ...node.doors, ...more }, node.log);
  servers.push(server);
  const port = await listenOn(server, '127.0.0.1', 0, false);
  const sockets = promisify(server.getConnections.bind(server));
  return { node, port, sockets };
}

describe('connections that are no devices', () => {
  test.each([
    ['nothing', ''],
    ['half a head', 'GET /sdk/v1 HTTP/1.1\r\nHost: localhost\r\n'],
    ['a head without its body', 'POST /sdk/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n'],
  ])('one that sends %s is closed in time', async (_what, text) => {
    const { port, sockets } = await start({ headersMs: 100 });
    const socket = await openTcp({ port });
    socket.write(text);
    socket.resume();
    await once(socket, 'close');
    await waitFor('the server lets go', async () => (await sockets()) === 0);
  });

  test('there are only so many of them, those beside them are served, and their end makes room', async () => {
    const { port, sockets } = await start({ handshakes: { most: 3, mostOfAddress: 3 } });
    const waiting = await Promise.all([1, 2, 3].map(() => openTcp({ port })));
    await waitFor('the server has them', async () => (await sockets()) === 3);
    const refused = await openTcp({ port });
    refused.resume();
    await once(refused, 'close');
    const [first, second] = waiting;
    first!.write(upgradeRequest());
    expect(await readHead(first!)).toContain(' 101 ');
    // The one that became a WebSocket is none of them any more.
    const next = await openTcp({ port });
    next.write(upgradeRequest());
    expect(await readHead(next)).toContain(' 101 ');
    second!.destroy();
    for (const socket of [first!, next, waiting[2]!]) socket.destroy();
    await waitFor('all are gone', async () => (await sockets()) === 0);
  });

  test.each([
    ['refused', upgradeRequest({ 'Sec-WebSocket-Protocol': 'mqtt' }), '400'],
    ['no WebSocket', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '426'],
  ])('one that was %s is closed, though its client keeps its side open', async (_what, text, status) => {
    const { port, sockets } = await start();
    const socket = await openTcp({ port });
    socket.allowHalfOpen = true;
    socket.write(text);
    expect(await readHead(socket)).toContain(status);
    await waitFor('the server lets go', async () => (await sockets()) === 0);
    socket.destroy();
  });

  test.each(Object.entries(futileConnects))('loops of "%s" leave nothing behind', async (_what, connectOnce) => {
    const { node, port, sockets } = await start();
    await loop(1_500, 30, () => connectOnce({ port }));
    await waitFor('all are gone', async () => (await sockets()) === 0 && node.gateway.counts().all === 0);
    expect(node.gateway.timers).toBe(0);
  });
});

describe('an upgrade', () => {
  test.each([
    ['by POST', upgradeRequest().replace('GET', 'POST'), '405', 'Allow: GET'],
    ['to another path', upgradeRequest().replace(sdkPath, '/other'), '404', `X-Reason: the endpoint is ${sdkPath}`],
    ['to h2c', upgradeRequest({ Upgrade: 'h2c' }), '400', 'X-Reason: Upgrade is websocket'],
    ['of another version', upgradeRequest({ 'Sec-WebSocket-Version': '8' }), '426', 'Sec-WebSocket-Version: 13'],
    ['with a bad key', upgradeRequest({ 'Sec-WebSocket-Key': 'short' }), '400', 'X-Reason: Sec-WebSocket-Key is 16'],
    [
      'for another subprotocol',
      upgradeRequest({ 'Sec-WebSocket-Protocol': 'mqtt' }),
      '400',
      'X-Reason: the subprotocol',
    ],
  ])('%s is refused', async (_what, text, status, line) => {
    const { port, sockets } = await start();
    const socket = await openTcp({ port });
    socket.write(text);
    const head = await readHead(socket);
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain(line);
    socket.resume();
    await waitFor('the server lets go', async () => (await sockets()) === 0);
  });

  test('is answered as RFC 6455 says, and what came along with it is read', async () => {
    const { port } = await start();
    const socket = await openTcp({ port });
    const request = upgradeRequest({ Upgrade: 'WebSocket', 'Sec-WebSocket-Protocol': `mqtt, ${subprotocol}` });
    socket.write(Buffer.concat([Buffer.from(request), clientFrame(fin | opcodes.text, '{"t":"ping"}')]));
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    await waitFor('an answer to its frame', () => answer.endsWith('{"t":"pong"}'));
    expect(answer).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
    expect(answer).toContain(`Sec-WebSocket-Protocol: ${subprotocol}\r\n`);
    socket.destroy();
  });
});
