import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { openTcp, readHead } from '../../../../test/rigs/raw-sockets.ts';
import { listenOn } from '../../rpc/app.ts';
import { peerOf, readProxyHeaders } from './proxy-protocol.ts';

async function start(headerMs: number) {
  let bad = 0;
  const server = createServer((request, response) => response.end(peerOf(request.socket)));
  readProxyHeaders(server, { isTrusted: () => true, headerMs, onBad: () => void bad++ });
  const port = await listenOn(server, '127.0.0.1', 0, false);
  return { server, port, bad: () => bad };
}

test('a proxy that says nothing, or half of it, is closed in time', async () => {
  const { server, port, bad } = await start(50);
  for (const text of ['', 'PROXY TCP4 198.']) {
    const socket = await openTcp({ port });
    socket.write(text);
    socket.resume();
    await once(socket, 'close');
  }
  expect(bad()).toBe(2);
  server.close();
});

test('requests of one connection all come from whom it was announced for; a check of health is the proxy’s own', async () => {
  const { server, port, bad } = await start(5_000);
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const socket = await openTcp({ port });
  socket.write(`PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n${request}`);
  for (let count = 0; count < 3; count++) {
    expect(await readHead(socket)).toMatch(/ 200 .*2001:db8::7/s);
    socket.write(request);
  }
  socket.destroy();
  const check = await openTcp({ port });
  check.write(Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n\x20\0\0\0', 'latin1'), Buffer.from(request)]));
  expect(await readHead(check)).toMatch(/ 200 .*127\.0\.0\.1/s);
  check.destroy();
  expect(bad()).toBe(0);
  server.close();
});
