import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../../../../test/rigs/process.ts';
import type { Judgement, Look } from '../judgement.ts';
import { watchProcess } from './watch.ts';

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

function watched(pid: () => number | 'unknown' | undefined) {
  const looks: (Judgement & Pick<Look, 'process' | 'live'>)[] = [];
  const onLook = (judgement: Judgement, { process, live }: Look): void =>
    void looks.push({ ...judgement, process, live });
  const stop = watchProcess({ url, pid, everyMs: 30, onLook });
  return { looks, stop, some: (count: number) => waitFor(`${count} looks`, () => looks.length >= count) };
}

test.each([
  [200, 'ok', undefined],
  [503, 'failing', 'failing'],
  [0, 'silent', 'silent'],
])('a live page that answers %d is seen as %s', async (answer, live, fault) => {
  status = answer;
  const { looks, stop, some } = watched(() => process.pid);
  await some(3);
  stop();
  expect(looks[2]).toMatchObject({ process: 'runs', live, fault, looks: fault ? 3 : 0 });
});

test('a process that nobody asks any more is found stopped, and running again after that', async () => {
  status = 200;
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const { looks, stop } = watched(() => child.pid);
  await waitFor('it runs', () => looks.at(-1)?.process === 'runs');
  child.kill('SIGSTOP');
  await waitFor('it is stopped', () => looks.at(-1)?.process === 'stopped');
  const before = asked;
  await waitFor('it is still stopped', () => (looks.at(-1)?.looks ?? 0) >= 3);
  expect(asked).toBe(before);
  child.kill('SIGCONT');
  await waitFor('it runs again', () => looks.at(-1)?.live === 'ok');
  child.kill('SIGKILL');
  await waitFor('it is gone', () => looks.at(-1)?.process === 'gone');
  stop();
});

test('faults of a process that has gone do not count against the next one', async () => {
  status = 503;
  let pid = process.pid;
  const { looks, stop, some } = watched(() => pid);
  await some(3);
  pid = process.ppid;
  const before = looks.length;
  await some(before + 2);
  stop();
  expect(looks.slice(before, before + 2).map((look) => look.looks)).toEqual([1, 2]);
});

test('while there is no process nothing is asked', async () => {
  status = 503;
  const { looks, stop, some } = watched(() => undefined);
  await some(5);
  stop();
  expect([asked, looks.at(-1)!.fault]).toEqual([0, undefined]);
});
