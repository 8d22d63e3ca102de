import { describe, expect, test } from 'vitest';
import { idleNode } from '../../test/rigs/idle-node.ts';
import { waitFor } from '../../test/rigs/process.ts';
import { Kicker } from './kicker.ts';
import { nodeCalls } from './node-calls.ts';
import { Shedder } from './shedder.ts';
import { createNode, self, type TestDevice } from './testing/node-rig.ts';

const cid = 'd'.repeat(32);
const forEver = Number.MAX_SAFE_INTEGER;

type Node = ReturnType<typeof createNode>;

async function online(node: Node, of = cid): Promise<TestDevice> {
  const device = node.open();
  node.login(device, of);
  await waitFor('the welcome', () => device.wire.frames('welcome').length === 1);
  return device;
}

/** Lets time pass as the node's timer does, slot by slot. */
function pass(node: Node, ms: number): void {
  for (const end = node.state.now + ms; node.state.now < end; ) {
    node.state.now += 500;
    node.gateway.tick();
  }
}

function push(device: TestDevice, seq: number, prev = seq - 1) {
  const body = `{"t":"push","id":"m${seq}"}`;
  return { task: `t${seq}`, exp: forEver, body, seq, targets: [{ conn: device.link.id, prev }] };
}

test('a connection that does not log in is closed 4408 in time, once', () => {
  const node = createNode();
  const { wire } = node.open();
  pass(node, 9_500);
  expect(wire.closes).toEqual([]);
  pass(node, 1_000);
  expect(wire.closes.map(({ code }) => code)).toEqual([4408]);
  pass(node, 60_000);
  expect(wire.closes.length).toBe(1);
  expect(node.gateway.counts()).toEqual({ all: 0, live: 0 });
});

test('a device that is heard stays, a silent one is closed 4408 and no longer counts as live', async () => {
  const node = createNode();
  const { link, wire } = await online(node);
  for (let minutes = 0; minutes < 5; minutes++) {
    pass(node, 60_000);
    node.gateway.heard(link);
  }
  expect(wire.closes).toEqual([]);
  pass(node, 91_000);
  expect(wire.closes.map(({ code }) => code)).toEqual([4408]);
  expect(node.gateway.counts()).toEqual({ all: 0, live: 0 });
});

test('a socket over its buffer limit is left behind, and pulls when it drains', async () => {
  const node = createNode();
  const device = await online(node);
  device.wire.bufferedBytes = 1_001;
  for (const seq of [1, 2, 3]) {
    node.queues.add(cid, seq);
    node.gateway.deliver([push(device, seq)]);
  }
  expect(device.wire.seqs()).toEqual([1]);
  expect(node.queues.count('pull')).toBe(0);
  device.wire.flush();
  await waitFor('it catches up', () => device.wire.seqs().length === 3);
  expect(device.wire.seqs()).toEqual([1, 2, 3]);
});

test('pings of a device that does not read: no answers beyond its buffer, and it is closed 4429 if that does not drain', async () => {
  const node = createNode();
  const device = await online(node);
  const fresh = node.open();
  const ping = (count: number): void => {
    for (const { link } of [device, fresh]) node.gateway.pinged(link, Buffer.from(`p${count}`));
  };
  ping(1);
  for (const { wire } of [device, fresh]) wire.bufferedBytes = 1_001;
  for (const count of [2, 3, 4]) ping(count);
  // Of a device one more: when that is out it is asked again.
  expect([device.wire.pongs, fresh.wire.pongs]).toEqual([['p1', 'p2'], ['p1']]);
  device.wire.flush();
  ping(5);
  expect(device.wire.pongs).toEqual(['p1', 'p2', 'p5']);
  device.wire.bufferedBytes = 1_001;
  ping(6);
  pass(node, 6_000);
  expect(device.wire.closes.map(({ code }) => code)).toEqual([4429]);
});

test('a socket that does not drain in time is closed 4429', async () => {
  const node = createNode();
  const device = await online(node);
  device.wire.bufferedBytes = 1_001;
  node.gateway.deliver([push(device, 1)]);
  pass(node, 4_500);
  expect(device.wire.closes).toEqual([]);
  pass(node, 1_000);
  expect(device.wire.closes.map(({ code }) => code)).toEqual([4429]);
});

test('messages for connections that are gone are passed over, those beside them go out', async () => {
  const node = createNode();
  const device = await online(node);
  const message = push(device, 1);
  message.targets.unshift({ conn: 99, prev: 0 });
  node.gateway.deliver([message]);
  expect(device.wire.seqs()).toEqual([1]);
});

test('a fault of a frame ends one connection at the most', async () => {
  const node = createNode();
  const [bad, good] = [node.open(), await online(node)];
  for (let count = 0; count < 3; count++) node.gateway.binary(bad.link);
  expect(bad.wire.closes.map(({ code }) => code)).toEqual([4400]);
  expect(good.wire.closes).toEqual([]);
  node.gateway.closed(bad.link, 1006);
  node.gateway.text(bad.link, '{"t":"ping"}');
  expect(bad.wire.frames('pong')).toEqual([]);
});

test('the node is full at its limit, and has room again when one leaves', () => {
  const node = createNode({ maxConnections: 2 });
  const [first] = [node.open(), node.open()];
  expect(node.gateway.full).toBe(true);
  node.gateway.closed(first!.link, 1006);
  expect(node.gateway.full).toBe(false);
});

test('calls meant for another boot are answered with conflict and do nothing', async () => {
  const node = createNode();
  const device = await online(node);
  const kicker = new Kicker(
    self,
    node.gateway,
    { findFresh: async () => undefined },
    { waitAfter: () => undefined },
    node.log,
  );
  const shedder = new Shedder({ ...node, now: () => node.state.now, draining: () => false });
  const calls = nodeCalls(self.boot, node.gateway, node.broadcasts, kicker, shedder);
  const conns = [device.link.id];
  const wrong = [
    calls.deliver({ boot: 'b0', deliveries: [push(device, 1)] }),
    calls.hint({ boot: 'b0', conns }),
    calls.kick({ boot: 'b0', conns, reason: 'admin' }),
    calls.load({ boot: 'b0', by: 'n2', claim: true, minAgeMs: 0 }),
    calls.shed({ boot: 'b0', by: 'n2', round: 1, count: 1, minAgeMs: 0 }),
  ];
  for (const call of wrong) await expect(call).rejects.toMatchObject({ code: 'conflict', field: 'boot' });
  expect([device.wire.seqs(), device.wire.closes, node.queues.count('pull')]).toEqual([[], [], 0]);

  node.queues.add(cid, 1);
  await calls.hint({ boot: self.boot, conns: [...conns, 99] });
  await waitFor('the hint pulls', () => device.wire.seqs().length === 1);
  await calls.deliver({ boot: self.boot, deliveries: [push(device, 2)] });
  expect(device.wire.seqs()).toEqual([1, 2]);
  await calls.kick({ boot: self.boot, conns, reason: 'blacklisted' });
  expect(device.wire.closes.map(({ code }) => code)).toEqual([4403]);
});

test('a route is kicked here, or at the node that has its boot; a fault there is nobody else’s', async () => {
  const node = createNode();
  const device = await online(node);
  const asked: unknown[] = [];
  const there = {
    lease: { node: 'n2', boot: 'b2', address: '' },
    calls: {
      ...idleNode,
      kick: async (request: unknown) => {
        asked.push(request);
        throw new Error('away');
      },
    },
  };
  const findFresh = async ({ boot }: { boot: string }) => (boot === 'b2' ? there : undefined);
  const kicker = new Kicker(self, node.gateway, { findFresh }, { waitAfter: () => 5_000 }, node.log);
  kicker.kick({ node: 'n2', boot: 'b1', conn: 5 }, 'replaced');
  kicker.kick({ node: 'n2', boot: 'b2', conn: 6 }, 'replaced');
  kicker.kick({ node: self.node, boot: self.boot, conn: device.link.id }, 'replaced');
  expect(device.wire.closes.map(({ code }) => code)).toEqual([4409]);
  expect(device.wire.frames('kick')).toEqual([{ t: 'kick', reason: 'replaced', after: 5_000 }]);
  await waitFor('the other node is asked', () => asked.length === 1);
  expect(asked).toEqual([{ boot: 'b2', conns: [6], reason: 'replaced' }]);
});

describe('connections that close', () => {
  test('leave nothing behind, however they went: no link, no timer, no look that waits', async () => {
    const node = createNode({ maxConnections: 10_000 });
    const stays = await online(node);
    for (let count = 0; count < 3_000; count++) {
      const device = node.open();
      if (count % 3 === 0) node.gateway.closed(device.link, 1006);
      if (count % 3 === 1) node.login(device, 'f'.repeat(32), { token: 'wrong' });
      if (count % 3 === 2) {
        node.login(device, count.toString(16).padStart(32, '0'));
        await waitFor('the welcome', () => device.wire.frames('welcome').length === 1, 5_000, 0);
        device.wire.bufferedBytes = 1_001;
        node.gateway.deliver([push(device, 1)]);
        node.gateway.closed(device.link, 1006);
        // What was asked for it before, and comes only now.
        node.gateway.run(device.link, [{ do: 'send', text: '{}' }]);
      }
    }
    await waitFor('the wrong ones are closed', () => node.gateway.counts().all === 1);
    expect([node.gateway.counts(), node.gateway.timers]).toEqual([{ all: 1, live: 1 }, 1]);
    expect(stays.wire.closes).toEqual([]);
  }, 30_000);

  test('when all are told to look, each session has what its queue has, also one whose login is under way', async () => {
    const node = createNode();
    const device = await online(node);
    node.queues.add(cid, 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    node.queues.gates.attach = promise;
    const comes = node.open();
    node.login(comes, 'b'.repeat(32));
    await waitFor('the other is attaching', () => node.queues.count('attach') === 2);
    node.gateway.hintAll();
    await waitFor('what was queued', () => device.wire.frames('push').length === 1);
    resolve();
    await waitFor('the other has looked, too', () => node.queues.count('pull') === 2);
  });

  test('what a closing socket drops is not counted, not told as sent, and changes nothing of what the device is to get', async () => {
    const node = createNode();
    const device = await online(node);
    const { delivery, cursor } = device.link.connection;
    const before = [node.state.receipts.length, delivery?.lastSent, cursor?.at];
    device.wire.open = false;
    node.queues.add(cid, 1);
    node.gateway.deliver([push(device, 1)]);
    node.gateway.deliver([{ ...push(device, 2), seq: null }]);
    node.gateway.run(device.link, device.link.connection.hinted());
    node.logs.add('app', 7);
    node.broadcasts.hint(['app']);
    await waitFor('the log is read', () => node.logs.bodiesRead > 0);
    expect(await node.sessions.reattach(device.link)).toBe(false);
    await waitFor('the pull is back', () => node.queues.count('pull') === 1);
    device.wire.bufferedBytes = 1_001;
    node.gateway.sendFrame(device.link, Buffer.from('\x81\x02{}'));
    expect(device.link.connection.blocked).toBe(false);
    expect([node.state.receipts.length, delivery?.lastSent, cursor?.at]).toEqual(before);
    expect((await node.metrics.pushes.get()).values[0]?.value).toBe(0);
  });

  test('a login whose socket begins to close meanwhile sends nothing and leaves no route', async () => {
    const node = createNode();
    node.queues.add(cid, 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    node.queues.gates.attach = promise;
    const device = node.open();
    node.login(device, cid);
    await waitFor('the attach is under way', () => node.queues.count('attach') === 1);
    device.wire.open = false;
    resolve();
    await waitFor('the route is gone', () => node.queues.routes.size === 0);
    expect(node.state.receipts).toEqual([]);
    expect(node.gateway.counts()).toEqual({ all: 1, live: 0 });
  });
});

describe('limits that change while the node runs', () => {
  test('maxConnections: full with fewer, room again with more, and nobody is closed', async () => {
    const node = createNode();
    const { wire } = await online(node);
    node.room.maxConnections = 1;
    expect(node.gateway.full).toBe(true);
    node.room.maxConnections = 2;
    expect(node.gateway.full).toBe(false);
    expect(wire.closes).toEqual([]);
  });

  test('maxBufferedBytes: the buffer over which a socket is left behind', async () => {
    const node = createNode();
    const device = await online(node);
    device.wire.bufferedBytes = 900;
    node.gateway.deliver([push(device, 1)]);
    expect(device.link.connection.blocked).toBe(false);
    node.room.maxBufferedBytes = 800;
    node.gateway.deliver([push(device, 2)]);
    expect(device.link.connection.blocked).toBe(true);
  });

  test('blockedMs: how long it may stay so', async () => {
    const node = createNode();
    const device = await online(node);
    node.limits.blockedMs = 1_000;
    device.wire.bufferedBytes = 1_001;
    node.gateway.deliver([push(device, 1)]);
    pass(node, 2_000);
    expect(device.wire.closes.map(({ code }) => code)).toEqual([4429]);
  });

  test('loginMs: a new connection has the new time', () => {
    const node = createNode();
    node.limits.loginMs = 2_000;
    const { wire } = node.open();
    pass(node, 3_000);
    expect(wire.closes.map(({ code }) => code)).toEqual([4408]);
  });

  test('heartbeatSeconds and window: told to whoever logs in next; a device that was told otherwise is held to that', async () => {
    const node = createNode();
    const before = await online(node);
    node.limits.heartbeatSeconds = 10;
    node.limits.window = 2;
    const after = node.open();
    node.login(after, 'e'.repeat(32));
    await waitFor('the welcome', () => after.wire.frames('welcome').length === 1);
    expect(after.wire.frames('welcome')[0]).toMatchObject({ heartbeat: 10, window: 2 });
    for (let seq = 1; seq <= 5; seq++) node.gateway.deliver([push(before, seq), push(after, seq)]);
    expect([before, after].map(({ wire }) => wire.frames('push').length)).toEqual([4, 2]);
    pass(node, 16_000);
    expect([before, after].map(({ wire }) => wire.closes.map(({ code }) => code))).toEqual([[], [4408]]);
    pass(node, 75_000);
    expect(before.wire.closes.map(({ code }) => code)).toEqual([4408]);
  });

  test('framesPerSecond and frameBurst: of a connection that is there already', async () => {
    const node = createNode();
    const { link, wire } = await online(node);
    node.limits.frameBurst = 3;
    node.limits.framesPerSecond = 1;
    for (let count = 0; count < 3; count++) node.gateway.text(link, '{"t":"ping"}');
    expect(wire.closes).toEqual([]);
    node.gateway.text(link, '{"t":"ping"}');
    expect(wire.closes.map(({ code }) => code)).toEqual([4429]);
  });

  test('sweepMs and reattachMs: from the connection’s next deadline on', async () => {
    const node = createNode();
    const { link } = await online(node);
    const pulls = async () => (await node.metrics.pulls.get()).values[0]?.value ?? 0;
    const reattached = async () => (await node.metrics.reattached.get()).values.length;
    node.limits.sweepMs = 20_000;
    for (let minute = 0; minute < 3; minute++) {
      pass(node, 60_000);
      node.gateway.heard(link);
    }
    await waitFor('a sweep', async () => (await pulls()) > 0);
    expect(await reattached()).toBe(0);
    node.limits.reattachMs = 30_000;
    for (let minute = 0; minute < 3; minute++) {
      pass(node, 60_000);
      node.gateway.heard(link);
    }
    await waitFor('an attach', async () => (await reattached()) > 0);
  });
});

test.each([
  ['a message comes for a device', (node: Node, device: TestDevice) => node.gateway.deliver([push(device, 1)])],
  ['a device sends something', (node: Node, { link }: TestDevice) => node.gateway.text(link, '{"t":"ping"}')],
  [
    'a broadcast goes out',
    (node: Node, { link }: TestDevice) => node.gateway.sendFrame(link, Buffer.from('\x81\x02{}')),
  ],
  ['the time of a timer has come', (node: Node) => node.gateway.tick()],
])('a node whose lease ran out while it was held up closes all, and sends nothing, when %s', async (_what, happens) => {
  const node = createNode();
  const device = await online(node);
  const other = node.open();
  const before = device.wire.sent.length;
  node.state.leaseRanOut = true;
  happens(node, device);
  expect([device, other].map(({ wire }) => wire.closes.map(({ code }) => code))).toEqual([[4503], [4503]]);
  node.gateway.deliver([push(device, 2)]);
  expect([device.wire.sent.length, other.wire.sent.length]).toEqual([before, 0]);
  expect(node.gateway.counts()).toEqual({ all: 0, live: 0 });
  // Whoever comes after that is served.
  expect((await online(node)).wire.closes).toEqual([]);
});

test('a heartbeat that is shorter than the time of a login is kept all the same', async () => {
  const node = createNode();
  node.limits.heartbeatSeconds = 4;
  const { wire } = await online(node);
  pass(node, 5_000);
  expect(wire.pings).toBe(1);
  pass(node, 2_000);
  expect(wire.closes.map(({ code }) => code)).toEqual([4408]);
});

test('a silent device is sent a ping, and stays as long as it answers; one whose buffer is over its limit is sent none', async () => {
  const node = createNode();
  const [device, slow] = [await online(node), await online(node, 'e'.repeat(32))];
  pass(node, 67_000);
  expect([device, slow].map(({ wire }) => wire.pings)).toEqual([1, 1]);
  for (const { link } of [device, slow]) node.gateway.heard(link);
  slow.wire.bufferedBytes = 1_001;
  pass(node, 67_000);
  expect([device, slow].map(({ wire }) => wire.pings)).toEqual([2, 1]);
  pass(node, 30_000);
  expect([device, slow].map(({ wire }) => wire.closes.map(({ code }) => code))).toEqual([[4408], [4408]]);
});
