import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { watchLiveness } from './liveness.ts';

let server: Server;
let status = 200;
let asked = 0;
let url: string;

beforeEach(async () => {
  asked = 0;
  server = createServer((_request, response) => {
    asked++;
    // 0 stands for a process that hangs: it takes the request and never answers.
    if (status > 0) response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Notes how often the page had been asked whenever the process was called hung. */
function watched(pid: () => number | undefined) {
  const hungAfter: number[] = [];
  const onHung = (): void => void hungAfter.push(asked);
  const stop = watchLiveness({ url, pid, everyMs: 5, limitMs: 30, threshold: 3, onHung });
  return { hungAfter, stop };
}

test.each([503, 0])('a process is hung after three failures in a row (answer %d), and not before', async (answer) => {
  status = answer;
  const { hungAfter, stop } = watched(() => 1);
  await waitFor('it is called hung twice', () => hungAfter.length >= 2);
  stop();
  expect(hungAfter.slice(0, 2)).toEqual([3, 6]);
});

test('an answer in between starts the count anew', async () => {
  status = 503;
  const { hungAfter, stop } = watched(() => {
    status = asked % 3 === 2 ? 200 : 503;
    return 1;
  });
  await waitFor('it was asked ten times', () => asked >= 10);
  stop();
  expect(hungAfter).toEqual([]);
});

test('failures of a process that has gone do not count against the next one', async () => {
  status = 503;
  let pid = 1;
  const { hungAfter, stop } = watched(() => {
    if (asked === 2) pid = 2;
    return pid;
  });
  await waitFor('it is called hung', () => hungAfter.length > 0);
  stop();
  expect(hungAfter[0]).toBe(5);
});

test('while there is no process nothing is asked', async () => {
  let looked = 0;
  const { stop } = watched(() => {
    looked++;
    return undefined;
  });
  await waitFor('it looked ten times', () => looked >= 10);
  stop();
  expect(asked).toBe(0);
});
