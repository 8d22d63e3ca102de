import { expect, inject, test } from 'vitest';
import { ack, enqueue, instanceOn, newCid, readyInstance, recordOf, seq } from './fixtures.ts';

const url = inject('redisUrl');

test('a task waits for a device until it is acknowledged or trimmed, and not for another device', async () => {
  const { calls } = await readyInstance(url);
  const [cid, other] = [newCid(), newCid()];
  const [one, two] = [recordOf(1, [cid]), recordOf(2, [cid])];
  await enqueue(calls, one, two);
  const items = [one, two].map(({ task, exp }) => ({ cid, task, exp }));
  const asked = [...items, { ...items[0]!, cid: other }];
  const waits = async () => (await calls.queued({ items: asked })).results.map(({ queued }) => queued);
  expect(await waits()).toEqual([true, true, false]);
  await ack(calls, cid, seq(1));
  expect(await waits()).toEqual([false, true, false]);
});

test('a task that was stopped is told from one that nothing is known of', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  const record = recordOf(1, [cid], { id: 'RASL_1/0/0', task: 'RASL_1' });
  await enqueue(calls, record);
  await calls.stopTasks({ items: [{ task: 'RASL_1', until: record.exp }] });
  const items = ['RASL_1', 'RASL_2'].map((task) => ({ cid, task, exp: record.exp }));
  expect((await calls.queued({ items })).results).toEqual([
    { queued: true, stopped: true },
    { queued: false, stopped: false },
  ]);
});

test('while a view is not whole a task is taken to wait', async () => {
  const { calls } = await instanceOn(url);
  const items = [{ cid: newCid(), task: 'RASS_1', exp: 1 }];
  expect((await calls.queued({ items })).results).toEqual([{ queued: true, stopped: false }]);
});
