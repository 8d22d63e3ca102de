import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CmNodes } from './cm-nodes.ts';
import { LongwireError } from './errors.ts';
import type { NodeLease } from './protocol/user-redis-calls.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const lease = (node: string, boot: string, port = 1): NodeLease => ({
  node,
  boot,
  address: `http://127.0.0.1:${port}`,
});
const route = (node: string, boot: string) => ({ node, boot, conn: 1 });

function rig() {
  const state = { leases: [] as NodeLease[], away: false, reads: 0 };
  const leases = {
    nodes: async () => {
      state.reads++;
      if (state.away) throw new LongwireError('unavailable', 'away');
      return { nodes: state.leases };
    },
  };
  const nodes = new CmNodes(leases, { secret: 'secret', everyMs: 1_000 }, pino({ level: 'silent' }));
  return { state, nodes };
}

test('a node is found by its boot only, and keeps its client while its lease stays', async () => {
  const { state, nodes } = rig();
  state.leases = [lease('n1', 'b1')];
  await nodes.refresh();
  const found = nodes.find(route('n1', 'b1'));
  expect(found?.lease).toEqual(lease('n1', 'b1'));
  expect([nodes.find(route('n1', 'b0')), nodes.find(route('n2', 'b1'))]).toEqual([undefined, undefined]);
  await nodes.refresh();
  expect(nodes.find(route('n1', 'b1'))).toBe(found);
  state.leases = [lease('n1', 'b1', 2)];
  await nodes.refresh();
  expect(nodes.find(route('n1', 'b1'))?.lease.address).toBe('http://127.0.0.1:2');
  await nodes.stop();
});

test('a new boot takes the place of the old, and a node whose lease is gone is gone', async () => {
  const { state, nodes } = rig();
  state.leases = [lease('n1', 'b1'), lease('n2', 'b1')];
  await nodes.refresh();
  state.leases = [lease('n1', 'b2')];
  await nodes.refresh();
  expect([nodes.find(route('n1', 'b1')), nodes.find(route('n2', 'b1'))]).toEqual([undefined, undefined]);
  expect(nodes.find(route('n1', 'b2'))).toBeDefined();
  await nodes.stop();
  expect(nodes.find(route('n1', 'b2'))).toBeUndefined();
});

test('while leases cannot be read, those known last stay', async () => {
  const { state, nodes } = rig();
  state.leases = [lease('n1', 'b1')];
  await nodes.refresh();
  state.away = true;
  await nodes.refresh();
  expect(nodes.find(route('n1', 'b1'))).toBeDefined();
  await nodes.stop();
});

test('a node that is not known is looked for at once, but leases are read at most five times a second for that', async () => {
  const { state, nodes } = rig();
  await nodes.refresh();
  state.leases = [lease('new', 'b1')];
  expect(await nodes.findFresh(route('new', 'b1'))).toBeUndefined();
  vi.advanceTimersByTime(200);
  const found = await Promise.all([1, 2, 3].map(() => nodes.findFresh(route('new', 'b1'))));
  expect(found.map((one) => one?.lease.node)).toEqual(['new', 'new', 'new']);
  expect(state.reads).toBe(2);
  await nodes.stop();
});

test('once started it reads at its pace, and no more after its stop', async () => {
  const { state, nodes } = rig();
  nodes.start();
  expect(state.reads).toBe(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(state.reads).toBe(4);
  await nodes.stop();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(state.reads).toBe(4);
});
