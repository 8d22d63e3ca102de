import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { idleNode } from '../../../test/rigs/idle-node.ts';
import { waitFor } from '../../../test/rigs/process.ts';
import type { CmNode } from '../../common/cm-nodes.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Delivery } from '../../common/protocol/cm-calls.ts';
import { createRouterMetrics } from '../metrics.ts';
import { Handoff } from './handoff.ts';
import type { Offer } from './node-shares.ts';

type Behaviour = 'takes' | 'fails' | 'hangs';

/** A node that notes what it is given. */
class FakeNode {
  behaviour: Behaviour = 'takes';
  delivered: Delivery[] = [];
  hinted: number[][] = [];
  /** Calls of either kind, failed ones too. */
  calls = 0;
  #hanging: (() => void)[] = [];
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get asCmNode(): CmNode {
    const lease = { node: this.name, boot: 'b1', address: 'http://127.0.0.1:1' };
    return {
      lease,
      calls: {
        ...idleNode,
        deliver: ({ deliveries }) => this.#call(() => this.delivered.push(...deliveries)),
        hint: ({ conns }) => this.#call(() => this.hinted.push(conns)),
      },
    };
  }

  /** Lets the calls that hang fail. */
  release(): void {
    this.behaviour = 'fails';
    this.let();
  }

  /** Lets the calls that hang go on. */
  let(): void {
    for (const resolve of this.#hanging.splice(0)) resolve();
  }

  async #call(take: () => void): Promise<Record<string, never>> {
    this.calls++;
    if (this.behaviour === 'hangs') await new Promise<void>((resolve) => this.#hanging.push(resolve));
    if (this.behaviour === 'fails') throw new LongwireError('unavailable', 'away');
    take();
    return {};
  }
}

function rig(...names: string[]) {
  const nodes = new Map(names.map((name) => [name, new FakeNode(name)]));
  const leased = new Set(names);
  const find = ({ node, boot }: { node: string; boot: string }): CmNode | undefined =>
    leased.has(node) && boot === 'b1' ? nodes.get(node)?.asCmNode : undefined;
  const metrics = createRouterMetrics(new Registry(), () => ({ owned: 0, replaying: 0 }));
  const handoff = new Handoff({ find, findFresh: async (route) => find(route) }, metrics, pino({ level: 'silent' }));
  return { handoff, leased, node: (name: string) => nodes.get(name)! };
}

const message = (seq: number): Offer['message'] => ({ task: `t${seq}`, exp: 1, body: '{}', seq });

function offer(node: string, conn: number, seq: number, boot = 'b1'): Offer {
  return { route: { node, boot, conn }, prev: seq - 1, message: message(seq) };
}

test('messages are gathered by node, a message for many devices of one node is one delivery', async () => {
  const { handoff, node } = rig('n1', 'n2');
  const shared = message(5);
  const route = (name: string, conn: number) => ({ node: name, boot: 'b1', conn });
  await handoff.offer([
    { route: route('n1', 1), prev: 0, message: shared },
    { route: route('n1', 2), prev: 4, message: shared },
    { route: route('n2', 1), prev: 3, message: shared },
    offer('n1', 3, 6),
  ]);
  expect(node('n1').delivered).toEqual([
    {
      ...shared,
      targets: [
        { conn: 1, prev: 0 },
        { conn: 2, prev: 4 },
      ],
    },
    { ...message(6), targets: [{ conn: 3, prev: 5 }] },
  ]);
  expect(node('n2').delivered).toEqual([{ ...shared, targets: [{ conn: 1, prev: 3 }] }]);
});

test('a node that fails is passed over and owed hints, and paid when it answers again', async () => {
  const { handoff, node } = rig('n1');
  node('n1').behaviour = 'fails';
  await handoff.offer([offer('n1', 7, 1)]);
  expect(node('n1').calls).toBe(1);
  await handoff.offer([offer('n1', 8, 2), offer('n1', 7, 3)]);
  expect(node('n1').calls).toBe(1);
  await handoff.payHints();
  node('n1').behaviour = 'takes';
  await handoff.offer([offer('n1', 9, 4)]);
  expect(node('n1').delivered).toEqual([]);
  await handoff.payHints();
  expect(node('n1').hinted).toEqual([[7, 8, 9]]);
  await handoff.offer([offer('n1', 7, 5)]);
  expect(node('n1').delivered.map(({ seq }) => seq)).toEqual([5]);
  await handoff.payHints();
  expect(node('n1').hinted.length).toBe(1);
});

test('a message that is stored while a hint to the same connection is under way is hinted too', async () => {
  const { handoff, node } = rig('n1');
  node('n1').behaviour = 'fails';
  await handoff.offer([offer('n1', 7, 1)]);
  const taken = Promise.withResolvers<void>();
  const n1 = node('n1');
  n1.behaviour = 'takes';
  const paying = handoff.payHints();
  const offered = handoff.offer([offer('n1', 7, 2)]).then(taken.resolve);
  await Promise.all([paying, offered]);
  await handoff.payHints();
  expect(n1.hinted).toEqual([[7], [7]]);
});

test('one node that hangs holds up neither the messages nor the hints of another', async () => {
  const { handoff, node } = rig('slow', 'ok');
  node('slow').behaviour = 'fails';
  node('ok').behaviour = 'fails';
  await handoff.offer([offer('slow', 1, 1), offer('ok', 2, 1)]);
  node('slow').behaviour = 'hangs';
  node('ok').behaviour = 'takes';
  const round = handoff.payHints();
  await handoff.payHints();
  expect(node('ok').hinted).toEqual([[2]]);
  await handoff.offer([offer('slow', 1, 2), offer('ok', 2, 2)]);
  expect(node('ok').delivered.map(({ seq }) => seq)).toEqual([2]);
  expect(node('slow').calls).toBe(2);
  node('slow').release();
  await round;
});

test('a node that is slow is waited for once, and no more until it is prompt again; what it takes late is no failure', async () => {
  const { handoff, node } = rig('slow');
  const slow = node('slow');
  slow.behaviour = 'hangs';
  const beganMs = performance.now();
  await handoff.offer([offer('slow', 1, 1)]);
  expect(performance.now() - beganMs).toBeGreaterThan(200);
  const behind = performance.now();
  for (let seq = 2; seq <= 200; seq++) await handoff.offer([offer('slow', 1, seq)]);
  expect(performance.now() - behind).toBeLessThan(200);
  slow.behaviour = 'takes';
  slow.let();
  await handoff.drained();
  expect(slow.delivered.map(({ seq }) => seq).sort((a, b) => a! - b!)).toEqual(
    Array.from({ length: 200 }, (_none, index) => index + 1),
  );
  await handoff.offer([offer('slow', 1, 201)]);
  expect(slow.delivered.at(-1)!.seq).toBe(201);
});

test('bodies that wait for a node are bounded in bytes; what is over is owed', async () => {
  const { handoff, node } = rig('slow');
  node('slow').behaviour = 'hangs';
  const body = 'x'.repeat(1024 * 1024);
  const offers = Array.from({ length: 40 }, (_none, index) => {
    const one = offer('slow', index + 1, index + 1);
    return { ...one, message: { ...one.message, body } };
  });
  await handoff.offer(offers);
  node('slow').behaviour = 'takes';
  node('slow').let();
  await handoff.drained();
  await handoff.payHints();
  const hinted = node('slow').hinted.flat();
  expect(hinted).toEqual(expect.arrayContaining([33, 34, 35, 36, 37, 38, 39, 40]));
  expect(node('slow').delivered.length + hinted.length).toBe(40);
});

test('while a node hangs at most two batches of it are under way, and what waited behind them is not tried', async () => {
  const { handoff, node } = rig('slow');
  node('slow').behaviour = 'hangs';
  const offers = Array.from({ length: 1_500 }, (_, index) => offer('slow', index + 1, index + 1));
  const handed = handoff.offer(offers);
  await waitFor('two batches are under way', () => node('slow').calls === 2);
  node('slow').release();
  await handed;
  expect(node('slow').calls).toBe(2);
  node('slow').behaviour = 'takes';
  await handoff.payHints();
  expect(
    node('slow')
      .hinted.flat()
      .sort((left, right) => left - right),
  ).toEqual(offers.map(({ route }) => route.conn));
});

test('a node without a lease gets nothing; when its lease is known it gets a hint', async () => {
  const { handoff, leased, node } = rig('new');
  leased.delete('new');
  await handoff.offer([offer('new', 3, 1)]);
  await handoff.payHints();
  expect(node('new').calls).toBe(0);
  leased.add('new');
  await handoff.payHints();
  expect(node('new').hinted).toEqual([[3]]);
});

test('a node that stays without a lease is forgotten, and so is an earlier boot of one that is there', async () => {
  const { handoff, leased, node } = rig('gone', 'n1');
  leased.delete('gone');
  await handoff.offer([offer('gone', 3, 1), offer('n1', 4, 1, 'b0')]);
  for (let round = 0; round < 30; round++) await handoff.payHints();
  leased.add('gone');
  await handoff.payHints();
  expect([node('gone').calls, node('n1').calls]).toEqual([0, 0]);
});
