import { afterEach, describe, expect, test } from 'vitest';
import { idleNode } from '../../test/rigs/idle-node.ts';
import { waitFor } from '../../test/rigs/process.ts';
import type { CmNode } from '../common/cm-nodes.ts';
import { nodeCalls } from './node-calls.ts';
import { Rebalancer } from './rebalancer.ts';
import { Shedder } from './shedder.ts';
import { createNode, self, type TestDevice } from './testing/node-rig.ts';

type Choose = (counts: number[]) => number;

const emptiest: Choose = (counts) => counts.indexOf(Math.min(...counts));
function inTurn(): Choose {
  let turn = 0;
  return (counts) => turn++ % counts.length;
}

/** Nodes with gateways of their own, a balancer in front, and a clock that only `round` turns. */
class Rig {
  now = 1_000_000;
  readonly members: { name: string; node: ReturnType<typeof createNode>; shedder: Shedder; draining: boolean }[] = [];
  readonly leased: CmNode[] = [];
  /** How often each device has come. */
  readonly logins = new Map<string, number>();
  #choose: Choose;

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  addNode(calls: Partial<CmNode['calls']> = {}): void {
    const node = createNode({ maxConnections: 1_000 });
    const name = `n${this.members.length + 1}`;
    const member = { name, node, draining: false, shedder: undefined as unknown as Shedder };
    const options = { draining: () => member.draining, spreadMs: 0, now: () => this.now };
    member.shedder = new Shedder({ ...node, ...options });
    const kicker = { kickHere: () => {} } as unknown as Parameters<typeof nodeCalls>[3];
    const { load, shed } = nodeCalls(self.boot, node.gateway, node.broadcasts, kicker, member.shedder);
    this.members.push(member);
    this.leased.push({ lease: { ...self, node: name }, calls: { ...idleNode, load, shed, ...calls } });
  }

  async connect(index: number, cid: string): Promise<TestDevice> {
    const { node } = this.members[index]!;
    const device = node.open();
    const left = device.wire.onClose;
    device.wire.onClose = (code) => {
      left(code);
      if (device.wire.frames('reconnect').length > 0) void this.connect(this.#choose(this.counts()), cid);
    };
    node.state.now = this.now;
    node.login(device, cid);
    this.logins.set(cid, (this.logins.get(cid) ?? 0) + 1);
    return device;
  }

  async fill(index: number, count: number): Promise<TestDevice[]> {
    const cids = Array.from({ length: count }, (_unused, one) => `${index}${String(one).padStart(31, '0')}`);
    const devices = await Promise.all(cids.map((cid) => this.connect(index, cid)));
    await this.settled();
    this.now += 1_000;
    return devices;
  }

  counts(): number[] {
    return this.members.map(({ node }) => node.gateway.counts().all);
  }

  /** All that were told have left, and whoever left is back. */
  async settled(): Promise<void> {
    await waitFor(
      'everybody is online',
      () =>
        this.members.every(({ node }) => {
          const { all, live } = node.gateway.counts();
          return all === live;
        }) && this.counts().reduce((sum, count) => sum + count, 0) === this.logins.size,
      5_000,
      1,
    );
  }

  rebalancer(name = 'n1', config = { rebalancePerSecond: 0, rebalanceShare: 0.05 }): Rebalancer {
    const { node } = this.members[0]!;
    const nodes = { all: () => this.leased, refresh: async () => {} };
    return new Rebalancer({
      ...{ self: { node: name, boot: 'b1' }, nodes, config, metrics: node.metrics, log: node.log },
      ...{ random: () => 0.5, clock: () => this.now },
    });
  }

  /** A second, in which each of these has a round. @returns what they found, and how many devices were told. */
  async round(...rebalancers: Rebalancer[]) {
    const before = this.#comings();
    const states = await Promise.all(rebalancers.map((one) => one.round()));
    await waitFor('who was told has left', () => this.members.every(({ shedder }) => isQuiet(shedder)), 5_000, 1);
    await this.settled();
    this.now += 1_000;
    return { states, told: this.#comings() - before };
  }

  #comings(): number {
    return [...this.logins.values()].reduce((sum, count) => sum + count, 0);
  }
}

function isQuiet(shedder: Shedder): boolean {
  return shedder.load({ by: 'test', claim: false, minAgeMs: 0 }).leaving === 0;
}

let rig: Rig;
function rigOf(nodes: number, choose: Choose): Rig {
  rig = new Rig(choose);
  for (let count = 0; count < nodes; count++) rig.addNode();
  return rig;
}
afterEach(() => {
  expect(Math.max(...rig.logins.values())).toBeLessThanOrEqual(2);
});

describe('a run', () => {
  test.each([
    ['sends devices in turn', inTurn(), 240],
    ['sends devices to the emptiest', emptiest, 120],
  ])('after a scale-out from two to four ends even, where a balancer %s', async (_title, choose, atMost) => {
    const { members } = rigOf(4, choose);
    await rig.fill(0, 120);
    await rig.fill(1, 120);
    const rebalancer = rig.rebalancer();
    await rebalancer.begin({ perSecond: 12 });
    let told = 0;
    for (let rounds = 0; rebalancer.run()?.running && rounds < 100; rounds++) {
      const round = await rig.round(rebalancer);
      expect(round.told).toBeLessThanOrEqual(12);
      told += round.told;
    }
    expect(rebalancer.run()).toMatchObject({ running: false, state: 'even', told });
    expect(told).toBeLessThanOrEqual(atMost);
    for (const count of rig.counts()) expect(Math.abs(count - 60)).toBeLessThanOrEqual(6);
    const metric = (await members[0]!.node.metrics.sentAway.get()).values;
    expect(metric.find(({ labels }) => labels['reason'] === 'rebalance')?.value).toBeGreaterThan(0);
  });

  test('moves a hundredth of all in a second unless it is told, tells each once, and ends when nobody is left to tell', async () => {
    rigOf(2, () => 0);
    await rig.fill(0, 200);
    const rebalancer = rig.rebalancer();
    await rebalancer.begin({});
    expect((await rig.round(rebalancer)).told).toBe(2);
    while (rebalancer.run()?.running) await rig.round(rebalancer);
    expect(rebalancer.run()).toMatchObject({ state: 'resting', told: 200 });
    expect(rig.counts()).toEqual([200, 0]);
  });

  test('prefers devices with nothing unacknowledged', async () => {
    const { members } = rigOf(2, () => 1);
    const devices = await rig.fill(0, 4);
    const targets = devices.slice(0, 2).map(({ link }) => ({ conn: link.id, prev: 0 }));
    const push = { task: 't', exp: Number.MAX_SAFE_INTEGER, body: '{"t":"push"}', seq: 1, targets };
    members[0]!.node.gateway.deliver([push]);
    const rebalancer = rig.rebalancer();
    await rebalancer.begin({ perSecond: 100 });
    await rig.round(rebalancer);
    expect(devices.map(({ wire }) => wire.frames('reconnect').length)).toEqual([0, 0, 1, 1]);
  });

  test('gives no orders while a node does not answer or is stopping, and gives up after a minute', async () => {
    const { members } = rigOf(2, emptiest);
    await rig.fill(0, 20);
    const rebalancer = rig.rebalancer();
    await rebalancer.begin({ perSecond: 5 });
    members[1]!.draining = true;
    expect(await rig.round(rebalancer)).toEqual({ states: ['draining'], told: 0 });
    members[1]!.draining = false;
    const away = async (): Promise<never> => {
      throw new Error('away');
    };
    rig.addNode({ load: away });
    for (let rounds = 0; rounds < 58; rounds++) {
      expect(await rig.round(rebalancer)).toEqual({ states: ['unknown'], told: 0 });
    }
    expect(rebalancer.run()?.running).toBe(true);
    await rig.round(rebalancer);
    expect(rebalancer.run()).toMatchObject({ running: false, state: 'unknown', told: 0 });
  });
});

describe('as the configuration says', () => {
  const config = { rebalancePerSecond: 5, rebalanceShare: 0.05 };

  test('the first of the nodes evens out, from its third round on nothing goes over the rate, and 0 ends it', async () => {
    rigOf(2, emptiest);
    await rig.fill(0, 40);
    const live = { ...config };
    const [first, second] = [rig.rebalancer('n1', live), rig.rebalancer('n2', live)];
    // Everybody has come just now, and rests.
    expect(await rig.round(first, second)).toEqual({ states: ['resting', undefined], told: 0 });
    rig.now += 600_000;
    expect((await rig.round(first, second)).told).toBe(0);
    expect((await rig.round(first, second)).told).toBe(5);
    live.rebalancePerSecond = 0;
    expect(await rig.round(first, second)).toEqual({ states: [undefined, undefined], told: 0 });
    live.rebalancePerSecond = 5;
    for (let rounds = 0; rounds < 10; rounds++) await rig.round(first, second);
    for (const count of rig.counts()) expect(count).toBe(20);
  });

  test('two that coordinate at once never tell more than the rate of one, and one of them ends it', async () => {
    rigOf(4, emptiest);
    await rig.fill(0, 60);
    await rig.fill(1, 60);
    const [one, other] = [rig.rebalancer('n1'), rig.rebalancer('n2')];
    await one.begin({ perSecond: 6 });
    for (let rounds = 0; rounds < 3; rounds++) expect((await rig.round(one)).told).toBe(6);
    await other.begin({ perSecond: 6 });
    for (let rounds = 0; rounds < 60 && (one.run()?.running || other.run()?.running); rounds++) {
      expect((await rig.round(one, other)).told).toBeLessThanOrEqual(6);
    }
    for (const count of rig.counts()) expect(Math.abs(count - 30)).toBeLessThanOrEqual(3);
  });
});

test('an order needs the claim, and one that is repeated tells nobody', async () => {
  const { members } = rigOf(2, () => 1);
  await rig.fill(0, 10);
  const { shedder } = members[0]!;
  const order = { by: 'a', round: 1, count: 3, minAgeMs: 0 };
  expect(() => shedder.shed(order)).toThrow('another coordinates');
  expect(shedder.load({ by: 'a', claim: true, minAgeMs: 0 })).toMatchObject({
    claimed: true,
    staying: 10,
    movable: 10,
  });
  expect(shedder.load({ by: 'b', claim: true, minAgeMs: 1_001 })).toMatchObject({ claimed: false, movable: 0 });
  expect(shedder.shed(order)).toBe(3);
  expect(shedder.shed(order)).toBe(3);
  await rig.round();
  expect(rig.counts()).toEqual([7, 3]);
  expect(() => shedder.shed({ ...order, by: 'b' })).toThrow('another coordinates');
});
