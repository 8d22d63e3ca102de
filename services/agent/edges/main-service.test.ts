import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mainService } from './main-service.ts';

let server: Server;
let answer: (response: ServerResponse) => void;
let asked: { headers: IncomingHttpHeaders; body: string } | undefined;
let url: string;

beforeEach(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const push = (token?: string, user?: string) => mainService({ url, token, user, deadlineMs: 300 })(Buffer.from('body'));

test('with a user the token is the password', async () => {
  answer = (response) => response.writeHead(204).end();
  await push('pass:word', 'agents');
  expect(asked!.headers.authorization).toBe(`Basic ${btoa('agents:pass:word')}`);
});

test('a push says what it is, by remote_write 1.0, and carries the token', async () => {
  answer = (response) => response.writeHead(204).end();
  expect(await push('secret')).toMatchObject({ is: 'done' });
  expect(asked).toMatchObject({
    body: 'body',
    headers: {
      ...{ 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'content-length': '4' },
      ...{ 'x-prometheus-remote-write-version': '0.1.0', authorization: 'Bearer secret' },
    },
  });
});

test.each([
  [400, { is: 'refused', detail: '400 why' }],
  [429, { is: 'later', reason: 'rate_limited', afterMs: 7_000, detail: '429 why' }],
  [500, { is: 'later', reason: 'server_error', afterMs: 7_000, detail: '500 why' }],
])('an answer %d, with its Retry-After and its text', async (status, outcome) => {
  answer = (response) => response.writeHead(status, { 'retry-after': '7' }).end('why\n');
  expect(await push()).toMatchObject(outcome);
});

test.each([
  ['that never comes', () => {}, 'no answer within 300 ms'],
  ['that breaks off', (response: ServerResponse) => response.destroy(), 'socket hang up'],
  ['without an end', (response: ServerResponse) => response.write('x'.repeat(100_000)), 'more than 65536 bytes'],
])('an answer %s is none', async (_what, given, detail) => {
  answer = given;
  const pushed = await push();
  expect(pushed).toMatchObject({ is: 'later', reason: 'no_answer' });
  expect(pushed.detail).toContain(detail);
});

test('nobody listening is no answer', async () => {
  server.close();
  expect(await push()).toMatchObject({
    is: 'later',
    reason: 'no_answer',
    detail: expect.stringContaining('ECONNREFUSED'),
  });
});
