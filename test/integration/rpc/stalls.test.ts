import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { clientOf } from './fixtures.ts';

test('what was asked of an instance that stood still is not done when it wakes: callers have given up by then', async () => {
  const server = fork(new URL('./counting-server.ts', import.meta.url).pathname);
  onTestFinished(() => void server.kill('SIGKILL'));
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const made: string[] = [];
  server.on('message', (message) => made.push((message as { made: string }).made));
  const { greet } = clientOf(`http://127.0.0.1:${port}`, { connections: 1, tryMs: 300 });
  await greet({ name: 'before' });
  server.kill('SIGSTOP');
  const late = Array.from({ length: 20 }, (_none, index) => greet({ name: `late ${index}` }, { deadlineMs: 600 }));
  for (const outcome of await Promise.allSettled(late)) expect(outcome.status).toBe('rejected');
  // It has to stand still for longer than a caller waits.
  await sleep(1_500);
  server.kill('SIGCONT');
  await waitFor('it answers again', async () => (await greet({ name: 'after' })).text === 'after', 10_000);
  expect(made.filter((name) => name !== 'after')).toEqual(['before']);
});
