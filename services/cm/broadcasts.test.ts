import { describe, expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { appId, createNode, type TestDevice } from './testing/node-rig.ts';

type Node = ReturnType<typeof createNode>;

const cidOf = (index: number): string => index.toString(16).padStart(32, '0');

async function online(node: Node, index: number, bseq?: number): Promise<TestDevice> {
  const device = node.open();
  node.login(device, cidOf(index), bseq === undefined ? {} : { bseq });
  await waitFor('the welcome', () => device.wire.frames('welcome').length === 1);
  return device;
}

const bseqs = ({ wire }: TestDevice): (number | undefined)[] => wire.frames('push').map(({ bseq }) => bseq);

const got = (device: TestDevice, ...expected: (number | undefined)[]): Promise<unknown> =>
  waitFor(`broadcasts ${expected}`, () => `${bseqs(device)}` === `${expected}`);

/** What was counted of broadcasts, a line each. */
const counted = (node: Node, event: string): string[] => {
  node.deviceReceipts.flush();
  return node.state.receipts.flatMap((one) =>
    one.kind === 'event' && one.event === event ? one.cids.map((cid) => `${one.task} ${Number.parseInt(cid, 16)}`) : [],
  );
};

test('a device without a cursor begins at the end of the log, and gets what comes from then on', async () => {
  const node = createNode();
  node.logs.add(appId, 5);
  const device = await online(node, 1);
  expect(device.wire.frames('welcome')[0]?.bseq).toBe(5);
  node.logs.add(appId, 7);
  node.broadcasts.hint([appId]);
  await got(device, 7);
  expect(counted(node, 'sent')).toEqual(['b7 1']);
});

test('a device that went before it could store its cursor goes on where its first login was', async () => {
  const node = createNode();
  node.logs.add(appId, 5);
  const device = await online(node, 1);
  node.gateway.closed(device.link, 1006);
  node.logs.add(appId, 7);
  node.broadcasts.hint([appId]);
  await online(node, 2);
  const back = await online(node, 1);
  expect(back.wire.frames('welcome')[0]?.bseq).toBe(5);
  await got(back, 7);
});

test('a device with a cursor gets every unexpired broadcast after it, in order, and then the new ones', async () => {
  const node = createNode();
  for (const bseq of [5, 7, 9]) node.logs.add(appId, bseq);
  node.logs.add(appId, 8, { exp: node.state.now - 1 });
  const device = await online(node, 1, 5);
  await got(device, 7, 9);
  node.logs.add(appId, 11);
  node.broadcasts.hint([appId]);
  await got(device, 7, 9, 11);
});

test('a new broadcast goes to every connection of its app, its message read once', async () => {
  const node = createNode();
  const devices = await Promise.all(Array.from({ length: 90 }, (_, index) => online(node, index + 1)));
  node.logs.add(appId, 3);
  node.logs.add('another', 4);
  node.broadcasts.hint([appId, 'another']);
  for (const device of devices) await got(device, 3);
  expect(node.logs.bodiesRead).toBe(1);
  expect(counted(node, 'sent')).toHaveLength(90);
});

test('broadcasts that come together go out in one write, each counted, in order; a device that is at one of them gets those behind', async () => {
  const node = createNode();
  const [first, second] = [await online(node, 1, 0), await online(node, 2, 4)];
  for (const bseq of [3, 4, 6, 7]) node.logs.add(appId, bseq, bseq === 6 ? { stored: false } : {});
  node.broadcasts.hint([appId]);
  await got(first, 3, 4, undefined, 7);
  await got(second, undefined, 7);
  expect([first.wire.frameWrites, second.wire.frameWrites]).toEqual([1, 1]);
  expect(counted(node, 'sent').sort()).toEqual(['b3 1', 'b4 1', 'b6 1', 'b6 2', 'b7 1', 'b7 2']);
});

test('a burst of large broadcasts goes out in several writes', async () => {
  const node = createNode();
  const device = await online(node, 1, 0);
  for (const bseq of [3, 4, 5]) node.logs.add(appId, bseq, { text: 'x'.repeat(15_000) });
  node.broadcasts.hint([appId]);
  await got(device, 3, 4, 5);
  expect(device.wire.frameWrites).toBe(2);
});

test('what comes without a hint is found by looking', async () => {
  const node = createNode();
  const device = await online(node, 1);
  node.logs.add(appId, 3);
  node.broadcasts.tick();
  expect(bseqs(device)).toEqual([]);
  node.state.now += 5_000;
  node.broadcasts.tick();
  await got(device, 3);
});

test('an ack counts each broadcast that it finishes once', async () => {
  const node = createNode();
  const device = await online(node, 1, 0);
  for (const bseq of [3, 4, 6]) node.logs.add(appId, bseq);
  node.broadcasts.hint([appId]);
  await got(device, 3, 4, 6);
  for (const bseq of [4, 4, 6]) node.gateway.text(device.link, JSON.stringify({ t: 'ack', bseq }));
  expect(counted(node, 'arrived')).toEqual(['b3 1', 'b4 1', 'b6 1']);
});

test('what a device finished since its last login is counted at the next: the node that took its acks may be gone', async () => {
  const node = createNode();
  for (const bseq of [3, 4, 6]) node.logs.add(appId, bseq);
  const first = await online(node, 1, 3);
  await got(first, 4, 6);
  node.gateway.closed(first.link, 1006);
  await online(node, 1, 6);
  expect(counted(node, 'arrived')).toEqual(['b4 1', 'b6 1']);
});

describe('a broadcast of its moment (ttl −1)', () => {
  test('goes to those who are online without a position, and is not there at a login', async () => {
    const node = createNode();
    const device = await online(node, 1, 0);
    node.logs.add(appId, 3, { stored: false });
    node.broadcasts.hint([appId]);
    await waitFor('it is sent', () => device.wire.frames('push').length === 1);
    expect(bseqs(device)).toEqual([undefined]);
    const late = await online(node, 2, 0);
    node.logs.add(appId, 4);
    node.broadcasts.hint([appId]);
    await got(device, undefined, 4);
    await got(late, 4);
  });
});

test('a stopped task goes out to nobody any more', async () => {
  const node = createNode();
  for (const bseq of [3, 4]) node.logs.add(appId, bseq);
  node.logs.stop('b3');
  const device = await online(node, 1, 0);
  await got(device, 4);
});

test('a socket over its limit is left behind, and reads on from its position when it has drained', async () => {
  const node = createNode();
  const [slow, quick] = [await online(node, 1, 0), await online(node, 2, 0)];
  node.logs.add(appId, 3);
  slow.wire.bufferedBytes = 2_000;
  node.broadcasts.hint([appId]);
  // The one that finds it so still goes.
  await got(slow, 3);
  for (const bseq of [4, 5]) node.logs.add(appId, bseq);
  node.broadcasts.hint([appId]);
  await got(quick, 3, 4, 5);
  expect(bseqs(slow)).toEqual([3]);
  slow.wire.flush();
  await got(slow, 3, 4, 5);
});

test('from a view that is not whole nothing is taken, and it is looked at again soon', async () => {
  const node = createNode();
  const device = await online(node, 1, 0);
  node.logs.ready = false;
  node.logs.add(appId, 4);
  node.broadcasts.hint([appId]);
  await node.broadcasts.tailOf(appId);
  expect(bseqs(device)).toEqual([]);
  node.logs.ready = true;
  node.state.now += 250;
  await waitFor('it is looked at again', () => {
    node.state.now += 250;
    node.broadcasts.tick();
    return bseqs(device).length === 1;
  });
});

test('a message that Redis has lost is waited for until its view is whole again, not passed over', async () => {
  const node = createNode();
  await online(node, 1, 0);
  node.logs.add(appId, 3);
  node.broadcasts.hint([appId]);
  await waitFor('the node knows of it', () => node.logs.bodiesRead === 1);
  node.logs.ready = false;
  const body = node.logs.stop('b3');
  const late = await online(node, 2, 0);
  await waitFor('it is asked for', () => node.logs.bodiesRead === 2);
  expect(bseqs(late)).toEqual([]);
  node.logs.bring('b3', body);
  node.logs.ready = true;
  await waitFor('it is there', () => {
    node.state.now += 250;
    node.broadcasts.tick();
    return bseqs(late).length === 1;
  });
});

test('a login goes on while the log cannot be read; its device gets what it missed once that is possible', async () => {
  const node = createNode();
  node.logs.add(appId, 3);
  node.logs.away = true;
  const device = await online(node, 1, 0);
  expect(bseqs(device)).toEqual([]);
  node.logs.away = false;
  await waitFor('it is read', () => {
    node.state.now += 250;
    node.broadcasts.tick();
    return bseqs(device).length === 1;
  });
});

test('an app without connections is forgotten, and read anew when one comes', async () => {
  const node = createNode();
  const device = await online(node, 1, 0);
  node.gateway.closed(device.link, 1006);
  node.state.now += 5_000;
  node.broadcasts.tick();
  node.logs.add(appId, 3);
  node.broadcasts.hint([appId]);
  expect(node.logs.bodiesRead).toBe(0);
  await got(await online(node, 1, 0), 3);
});
