import { describe, expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import { createNode, self, type TestDevice } from './testing/node-rig.ts';

const cid = 'c'.repeat(32);
const forEver = Number.MAX_SAFE_INTEGER;

type Node = ReturnType<typeof createNode>;

async function online(node: Node, fields: { seq?: number } = {}, of = cid): Promise<TestDevice> {
  const device = node.open();
  node.login(device, of, fields);
  await welcomed(device);
  return device;
}

async function welcomed({ wire }: TestDevice): Promise<void> {
  await waitFor('the welcome', () => wire.frames('welcome').length === 1);
}

function gate(): { promise: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

function offer(node: Node, device: TestDevice, seq: number, prev: number): void {
  node.queues.add(cid, seq);
  const body = `{"t":"push","id":"m${seq}"}`;
  node.gateway.deliver([{ task: `t${seq}`, exp: forEver, body, seq, targets: [{ conn: device.link.id, prev }] }]);
}

describe('login', () => {
  test('sets the route, welcomes, sends what is queued and counts the login', async () => {
    const node = createNode();
    node.queues.add(cid, 3, 5);
    const { link, wire } = await online(node);
    expect(wire.frames('welcome')[0]).toMatchObject({ session: `n1-b1-${link.id}`, window: 4, bseq: 0 });
    expect(wire.seqs()).toEqual([3, 5]);
    expect(node.queues.routes.get(cid)).toEqual({ node: 'n1', boot: 'b1', conn: link.id });
    expect(node.gateway.counts()).toEqual({ all: 1, live: 1 });
    node.deviceReceipts.flush();
    expect(node.state.receipts.map((one) => (one.kind === 'event' ? `${one.event} ${one.task}` : 'login'))).toEqual([
      'login',
      'sent t3',
      'sent t5',
    ]);
  });

  test('what the device has finished is not sent again, is counted and trimmed', async () => {
    const node = createNode();
    node.queues.add(cid, 3, 5, 8);
    const { wire } = await online(node, { seq: 5 });
    expect(wire.seqs()).toEqual([8]);
    await waitFor('the queue is trimmed', () => node.queues.seqs(cid).length === 1);
    const arrived = node.state.receipts.filter((one) => one.kind === 'event' && one.event === 'arrived');
    expect(arrived.map((one) => one.kind === 'event' && one.task)).toEqual(['t3', 't5']);
  });

  test('what it acknowledged on the connection before is not sent again though its trim is still under way', async () => {
    const node = createNode();
    node.queues.add(cid, 3);
    const first = await online(node);
    const trim = gate();
    node.queues.gates.ack = trim.promise;
    node.gateway.text(first.link, '{"t":"ack","seq":3}');
    node.gateway.closed(first.link, 1006);
    node.queues.queues.set(cid, []);
    node.queues.add(cid, 3, 4);
    const second = await online(node);
    expect(second.wire.seqs()).toEqual([4]);
    trim.open();
    await waitFor('the ack is done', () => node.acks.pendingSeq(cid) === 0);
  });

  test('the connection that it replaces is kicked', async () => {
    const node = createNode();
    const other = { node: 'n2', boot: 'b7', conn: 9 };
    node.queues.routes.set(cid, other);
    await online(node);
    expect(node.state.kicked).toEqual([other]);
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 'bad_credentials', 4401],
    ['a disabled app', {}, 'forbidden', 4403],
    ['an unknown app', {}, 'bad_credentials', 4401],
  ])('%s is refused', async (what, fields, code, close) => {
    const node = createNode();
    if (what === 'a disabled app') node.state.app!.disabled = true;
    if (what === 'an unknown app') node.state.app = null;
    const device = node.open();
    node.login(device, cid, fields);
    await waitFor('the connection is closed', () => device.wire.closes.length === 1);
    const [error] = device.wire.frames('error');
    expect(error?.code).toBe(code);
    const why = code === 'bad_credentials' ? { reason: 'token', serverTime: node.state.now } : {};
    expect({ reason: error?.reason, serverTime: error?.serverTime }).toEqual(why);
    expect(device.wire.closes[0]?.code).toBe(close);
    expect(node.queues.calls).toEqual([]);
  });

  test('a connection that closes while it logs in leaves no route', async () => {
    const node = createNode();
    const attach = gate();
    node.queues.gates.attach = attach.promise;
    const device = node.open();
    node.login(device, cid);
    await waitFor('the route is set', () => node.queues.routes.has(cid));
    node.gateway.closed(device.link, 1006);
    attach.open();
    await waitFor('the route is gone', () => !node.queues.routes.has(cid));
    expect(device.wire.sent).toEqual([]);
    expect(node.gateway.counts()).toEqual({ all: 0, live: 0 });
  });

  test('an attach that fails closes 4503, and leaves no route though it may have been done', async () => {
    const node = createNode();
    node.queues.faults.attach = 1;
    const device = node.open();
    node.login(device, cid);
    await waitFor('the connection is closed', () => device.wire.closes.length === 1);
    expect([device.wire.frames('error')[0]?.code, device.wire.closes[0]?.code]).toEqual(['unavailable', 4503]);
    await waitFor('the route is gone', () => !node.queues.routes.has(cid));
  });
});

describe('delivery', () => {
  test('DL2 a gap is pulled, and an ack trims what it covers', async () => {
    const node = createNode();
    const device = await online(node);
    offer(node, device, 1, 0);
    node.queues.add(cid, 4);
    offer(node, device, 6, 4);
    await waitFor('the gap is closed', () => device.wire.seqs().length === 3);
    expect(device.wire.seqs()).toEqual([1, 4, 6]);
    node.gateway.text(device.link, '{"t":"ack","seq":4}');
    await waitFor('the queue is trimmed', () => node.queues.seqs(cid).length === 1);
    expect(node.queues.seqs(cid)).toEqual([6]);
  });

  test('DL3 a backlog beyond the window comes as acks make room', async () => {
    const node = createNode();
    const seqs = Array.from({ length: 11 }, (_, index) => index + 1);
    node.queues.add(cid, ...seqs);
    const { link, wire } = await online(node);
    expect(wire.seqs()).toEqual([1, 2, 3, 4]);
    for (const acked of [4, 8]) {
      node.gateway.text(link, JSON.stringify({ t: 'ack', seq: acked }));
      await waitFor('the next ones come', () => wire.seqs().length === Math.min(acked + 4, 11));
    }
    expect(wire.seqs()).toEqual(seqs);
  });

  test('DL4 a view that is not whole is asked again until it is; nothing is sent before', async () => {
    const node = createNode();
    node.queues.add(cid, 1, 2);
    node.queues.ready = false;
    const { wire } = await online(node);
    for (let round = 1; round <= 3; round++) {
      node.sessions.retryWaiting(10);
      await waitFor('it was asked', () => node.queues.count('pull') === round);
      await new Promise(setImmediate);
    }
    expect(wire.seqs()).toEqual([]);
    node.queues.ready = true;
    await waitFor('they come', () => {
      node.sessions.retryWaiting(10);
      return wire.seqs().length === 2;
    });
    const pulls = node.queues.count('pull');
    node.sessions.retryWaiting(10);
    expect(node.queues.count('pull')).toBe(pulls);
  });

  test('of those that wait only so many are asked at once, and all have their turn', async () => {
    const node = createNode();
    node.queues.ready = false;
    const cids = Array.from({ length: 5 }, (_, index) => String(index).repeat(32));
    for (const one of cids) await online(node, {}, one);
    node.sessions.retryWaiting(2);
    node.sessions.retryWaiting(2);
    node.sessions.retryWaiting(2);
    await waitFor('all were asked', () => node.queues.count('pull') === 5);
    expect(new Set(node.queues.calls.filter(({ call }) => call === 'pull').map((one) => one.cid)).size).toBe(5);
  });

  test('a pull that fails is made again', async () => {
    const node = createNode();
    const device = await online(node);
    node.queues.faults.pull = 2;
    node.queues.add(cid, 1);
    offer(node, device, 2, 1);
    await waitFor('both come', () => {
      node.sessions.retryWaiting(10);
      return device.wire.seqs().length === 2;
    });
    expect(node.queues.count('pull')).toBe(3);
    expect(device.wire.closes).toEqual([]);
  });

  test('a device that left is not asked for any more, and its route is gone', async () => {
    const node = createNode();
    node.queues.ready = false;
    const device = await online(node);
    node.gateway.closed(device.link, 1006);
    await waitFor('the route is gone', () => !node.queues.routes.has(cid));
    node.sessions.retryWaiting(10);
    expect(node.queues.count('pull')).toBe(0);
  });
});

describe('reattach', () => {
  test('sets the route with what the device had finished, and sends what came since', async () => {
    const node = createNode();
    node.queues.add(cid, 1, 2);
    const device = await online(node);
    node.gateway.text(device.link, '{"t":"ack","seq":2}');
    await waitFor('the queue is trimmed', () => node.queues.seqs(cid).length === 0);
    node.queues.routes.clear();
    node.queues.add(cid, 2, 7);
    expect(await node.sessions.reattach(device.link)).toBe(true);
    expect(device.wire.seqs()).toEqual([1, 2, 7]);
    expect(node.queues.routes.get(cid)).toEqual({ node: self.node, boot: self.boot, conn: device.link.id });
    await waitFor('what had come back is trimmed again', () => node.queues.seqs(cid).length === 1);
  });

  test('a device that is connected elsewhere by now is let go', async () => {
    const node = createNode();
    const device = await online(node);
    const elsewhere = { node: 'n2', boot: 'b2', conn: 1 };
    node.queues.routes.set(cid, elsewhere);
    expect(await node.sessions.reattach(device.link)).toBe(false);
    expect([device.wire.frames('kick')[0]?.reason, device.wire.closes[0]?.code]).toEqual(['replaced', 4409]);
    expect(node.queues.routes.get(cid)).toEqual(elsewhere);
  });

  test('a connection that closes meanwhile leaves no route', async () => {
    const node = createNode();
    const device = await online(node);
    const attach = gate();
    node.queues.gates.attach = attach.promise;
    const reattached = node.sessions.reattach(device.link);
    node.queues.faults.detach = 1;
    node.gateway.closed(device.link, 1006);
    await waitFor('its own detach was tried', () => node.queues.count('detach') === 1);
    node.queues.routes.set(cid, { node: self.node, boot: self.boot, conn: device.link.id });
    attach.open();
    expect(await reattached).toBe(false);
    await waitFor('the route is gone', () => !node.queues.routes.has(cid));
  });
});

test('an event is counted if its id is that of a message of the task, else it is told to be wrong', async () => {
  const node = createNode();
  const { link, wire } = await online(node);
  const event = { t: 'event', task: 'T1', action: 'clicked' };
  node.gateway.text(link, JSON.stringify({ ...event, id: node.identity.messageId('app', 'T1') }));
  node.gateway.text(link, JSON.stringify({ ...event, id: node.identity.messageId('app', 'T2') }));
  const events = node.state.receipts.filter((one) => one.kind === 'event');
  expect(events).toEqual([
    { kind: 'event', app: 'app', task: 'T1', event: 'clicked', at: node.state.now, cids: [cid] },
  ]);
  expect(wire.frames('error').map(({ code }) => code)).toEqual(['bad_frame']);
});

describe('an event with a rid', () => {
  const told = (node: ReturnType<typeof createNode>, fields: object = {}) =>
    JSON.stringify({
      ...{ t: 'event', rid: 'e1', task: 'T1', id: node.identity.messageId('app', 'T1'), action: 'shown' },
      ...fields,
    });

  test('is answered ok once the bus has it, and not before', async () => {
    const node = createNode();
    const { link, wire } = await online(node);
    const bus = gate();
    node.state.busTakes = bus.promise;
    node.gateway.text(link, told(node));
    node.gateway.text(link, '{"t":"ping"}');
    await waitFor('the ping is answered', () => wire.frames('pong').length === 1);
    expect(wire.frames('ok')).toEqual([]);
    bus.open();
    await waitFor('the event is answered', () => wire.frames('ok').length === 1);
    expect(wire.frames('ok')).toEqual([{ t: 'ok', rid: 'e1' }]);
  });

  test('that the bus can’t take, or that is of no message, is answered by its rid', async () => {
    const node = createNode();
    const { link, wire } = await online(node);
    node.gateway.text(link, told(node, { rid: 7, task: 'T2' }));
    node.state.busTakes = Promise.reject(new LongwireError('overloaded', 'full'));
    node.gateway.text(link, told(node, { rid: 8 }));
    await waitFor('both are answered', () => wire.frames('error').length === 2);
    expect(wire.frames('error')).toMatchObject([
      { rid: 7, code: 'bad_frame' },
      { rid: 8, code: 'unavailable' },
    ]);
    expect(wire.frames('ok')).toEqual([]);
  });

  test('whose connection is gone meanwhile is answered to nobody', async () => {
    const node = createNode();
    const { link, wire } = await online(node);
    const bus = gate();
    node.state.busTakes = bus.promise;
    node.gateway.text(link, told(node));
    node.gateway.closed(link, 1006);
    bus.open();
    await waitFor('it is on the bus', () => node.state.receipts.some((one) => one.kind === 'event'));
    await online(node);
    expect(wire.frames('ok')).toEqual([]);
  });
});

describe('positions that there are not', () => {
  const beyond = 9_007_199_254_740_981;

  test('a login with one is told the field, gets all that is queued, and what comes from then on', async () => {
    const node = createNode();
    node.state.busEnd = 10;
    node.queues.add(cid, 3, 5);
    const device = await online(node, { seq: beyond });
    expect(device.wire.frames('error')).toMatchObject([{ code: 'bad_position', field: 'seq' }]);
    expect(device.wire.seqs()).toEqual([3, 5]);
    offer(node, device, 7, 5);
    expect(device.wire.seqs()).toEqual([3, 5, 7]);
    const item = (await node.metrics.badPositions.get()).values;
    expect(item).toMatchObject([{ value: 1, labels: { field: 'seq' } }]);
  });

  test('a cursor of broadcasts likewise: the device goes on from the log', async () => {
    const node = createNode();
    node.state.busEnd = 10;
    const device = node.open();
    node.login(device, cid, { bseq: beyond });
    await welcomed(device);
    expect(device.wire.frames('error')).toMatchObject([{ code: 'bad_position', field: 'bseq' }]);
    expect(device.wire.frames('welcome')[0]!.bseq).toBe(0);
  });

  test('an ack of one is told the field; one of what an earlier connection got is not', async () => {
    const node = createNode();
    node.state.busEnd = 10;
    node.queues.add(cid, 3);
    const { link, wire } = await online(node);
    node.gateway.text(link, JSON.stringify({ t: 'ack', seq: 9 }));
    node.gateway.text(link, JSON.stringify({ t: 'ack', seq: 11, bseq: 12 }));
    await waitFor('both are told', () => wire.frames('error').length === 2);
    expect(wire.frames('error').map(({ field }) => field)).toEqual(['seq', 'bseq']);
    expect(node.gateway.counts().live).toBe(1);
  });

  test('while the bus is away a claim that cannot be judged is believed', async () => {
    const node = createNode();
    node.state.busEnd = Number.NaN;
    const { wire } = await online(node, { seq: beyond });
    expect(wire.frames('error')).toEqual([]);
  });

  test.each(['1e308', '9007199254740993', '-1', '1.5', '"5"'])('seq %s is refused as malformed, by its name', (seq) => {
    const node = createNode();
    const { link, wire } = node.open();
    node.gateway.text(link, `{"t":"login","appId":"app","cid":"${cid}","token":"t","seq":${seq}}`);
    expect(wire.frames('error')).toMatchObject([{ code: 'bad_frame', message: expect.stringContaining('seq') }]);
  });
});
