import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { drain } from './drain.ts';
import { createNode, type TestDevice } from './testing/node-rig.ts';

type Node = ReturnType<typeof createNode>;

async function online(node: Node, count: number): Promise<TestDevice[]> {
  const devices = Array.from({ length: count }, () => node.open());
  for (const [index, device] of devices.entries()) node.login(device, String(index).repeat(32));
  await waitFor('all are live', () => node.gateway.counts().live === count);
  return devices;
}

/** Random numbers that are spread evenly: 0, 1/count, 2/count, … */
function spread(count: number): () => number {
  let next = 0;
  return () => next++ / count;
}

test('each device is told when to come back, gets messages until then, and is closed 4503 at its time', async () => {
  const node = createNode();
  const devices = await online(node, 4);
  const closed: number[] = [];
  for (const [index, { link, wire }] of devices.entries()) {
    wire.onClose = (code) => {
      closed.push(index);
      node.gateway.closed(link, code);
    };
  }
  const draining = drain(node.gateway, 400, spread(4));
  expect(devices.map(({ wire }) => wire.frames('reconnect')[0]?.after)).toEqual([0, 100, 200, 300]);
  await waitFor('the first is gone', () => closed.length > 0, 5_000, 1);
  expect(closed).not.toContain(3);
  const last = devices[3]!;
  const targets = [{ conn: last.link.id, prev: 0 }];
  node.gateway.deliver([{ task: 't', exp: Number.MAX_SAFE_INTEGER, body: '{"t":"push"}', seq: 1, targets }]);
  expect(last.wire.seqs()).toEqual([1]);
  await draining;
  expect(closed).toEqual([0, 1, 2, 3]);
  for (const { wire } of devices) expect(wire.closes.map(({ code }) => code)).toEqual([4503]);
  expect(node.gateway.counts()).toEqual({ all: 0, live: 0 });
});

test('a connection that has not logged in is closed without a word, and one that does not answer its close is cut off', async () => {
  const node = createNode();
  const fresh = node.open();
  const [deaf] = await online(node, 1).catch(() => [undefined]);
  expect(deaf).toBeDefined();
  deaf!.wire.onClose = (code) => {
    if (code === 1006) node.gateway.closed(deaf!.link, code);
  };
  await drain(node.gateway, 0);
  expect(fresh.wire.sent).toEqual([]);
  expect(fresh.wire.closes.map(({ code }) => code)).toEqual([4503]);
  expect(deaf!.wire.terminated).toBe(true);
  expect(node.gateway.counts().all).toBe(0);
});

test('with nobody connected a drain ends at once', async () => {
  const node = createNode();
  await drain(node.gateway, 60_000);
  expect(node.gateway.counts().all).toBe(0);
});

test('a node that was held up closes what is overdue at no more than twice the pace', async () => {
  const node = createNode();
  const devices = await online(node, 10);
  const closedAt: number[] = [];
  for (const { link, wire } of devices) {
    wire.onClose = (code) => {
      closedAt.push(performance.now());
      node.gateway.closed(link, code);
    };
  }
  const start = performance.now();
  // When it goes on, 5 of the 10 are due.
  const draining = drain(node.gateway, 1_000, spread(10));
  while (performance.now() < start + 500);
  await draining;
  expect(closedAt).toHaveLength(10);
  // One at its time, before the node was held up, and then one a step.
  const gaps = closedAt.slice(2).map((at, index) => at - closedAt[index + 1]!);
  expect(Math.min(...gaps)).toBeGreaterThan(30);
  expect(closedAt.at(-1)! - start).toBeLessThan(1_500);
});
