import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import { ProgressMark } from '../common/health.ts';
import type { Link } from './gateway.ts';
import { Presence } from './presence.ts';
import { createNode, self } from './testing/node-rig.ts';

/** Leases as user-redis keeps them, until the test takes them away. */
function rig(reattachBatch = 2) {
  const node = createNode();
  const state = { held: false, term: 0, store: 's1', away: false, renewals: 0, released: 0 };
  const gate: { promise?: Promise<void> } = {};
  const leases = {
    renewLease: async () => {
      state.renewals++;
      await gate.promise;
      if (state.away) throw new LongwireError('unavailable', 'away');
      if (!state.held) state.term++;
      state.held = true;
      return { term: String(state.term), store: state.store, ttlMs: 10_000 };
    },
    releaseLease: async () => {
      state.released = state.renewals;
      return {};
    },
    nodes: async () => ({ nodes: [] }),
  };
  const attached: Link[] = [];
  const faults = { left: 0, running: 0, most: 0 };
  const reattach = async (link: Link): Promise<boolean> => {
    faults.most = Math.max(faults.most, ++faults.running);
    await new Promise(setImmediate);
    faults.running--;
    if (faults.left > 0) {
      faults.left--;
      throw new LongwireError('unavailable', 'away');
    }
    attached.push(link);
    return true;
  };
  const until: number[] = [];
  const onRenewed = (untilMs: number): void => void until.push(untilMs);
  const options = { self, everyMs: 5, reattachBatch, progress: new ProgressMark(60_000), onRenewed };
  const presence = new Presence(leases, node.gateway, reattach, options, node.log);
  const renewedTimes = (count: number) => waitFor(`${count} renewals`, () => state.renewals >= count, 5_000, 1);
  async function devices(count: number): Promise<Link[]> {
    const opened = Array.from({ length: count }, () => node.open());
    for (const [index, device] of opened.entries()) node.login(device, String(index).repeat(32));
    await waitFor('all are live', () => node.gateway.counts().live === count);
    return opened.map(({ link }) => link);
  }
  return { node, state, until, gate, presence, attached, faults, renewedTimes, devices };
}

const ids = (links: Link[]): number[] => links.map(({ id }) => id).sort((left, right) => left - right);

test('the node is leased once it got its lease, and tries until then', async () => {
  const { presence, state } = rig();
  state.away = true;
  presence.start();
  await waitFor('the first try', () => state.renewals >= 1);
  expect(presence.leased).toBe(false);
  state.away = false;
  await waitFor('the lease', () => presence.leased);
  await presence.stop();
});

test.each([
  ['the lease was lost', { held: false }],
  ['the store restarted', { store: 's2' }],
])('when %s all sessions are attached again, a batch at a time; when not, none', async (_what, loss) => {
  const { presence, state, attached, faults, renewedTimes, devices } = rig();
  const links = await devices(5);
  presence.start();
  await waitFor('the lease', () => presence.leased);
  await renewedTimes(state.renewals + 2);
  expect(attached).toEqual([]);
  Object.assign(state, loss);
  await waitFor('all are attached', () => attached.length >= 5);
  await renewedTimes(state.renewals + 2);
  expect(ids(attached)).toEqual(ids(links));
  expect(faults.most).toBe(2);
  await presence.stop();
});

test('a session whose turn fails is tried again until it works; one that closed is not', async () => {
  const { node, presence, state, attached, faults, devices } = rig();
  const links = await devices(3);
  presence.start();
  await waitFor('the lease', () => presence.leased);
  faults.left = 5;
  state.store = 's2';
  await waitFor('faults begin', () => faults.left < 5);
  node.gateway.closed(links[2]!, 1006);
  await waitFor('the others are attached', () => new Set(attached).size >= 2);
  expect(ids([...new Set(attached)])).toEqual(expect.arrayContaining(ids(links.slice(0, 2))));
  await presence.stop();
});

test('a stop waits for the renewal under way, so that the release is the last word', async () => {
  const { presence, state, gate } = rig();
  presence.start();
  await waitFor('the lease', () => presence.leased);
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.promise = promise;
  const before = state.renewals;
  await waitFor('a renewal is under way', () => state.renewals > before);
  const stopped = presence.stop();
  await new Promise(setImmediate);
  expect(state.released).toBe(0);
  resolve();
  await stopped;
  expect(state.released).toBe(state.renewals);
});

test('the lease lasts from when it was asked for, however late the answer comes', async () => {
  const { presence, state, gate, until } = rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.promise = promise;
  const beforeMs = performance.now();
  presence.start();
  await waitFor('it is asked for', () => state.renewals === 1);
  const askedMs = performance.now();
  await new Promise((done) => setTimeout(done, 30));
  resolve();
  await waitFor('the answer', () => until.length > 0);
  expect(until[0]).toBeGreaterThanOrEqual(beforeMs + 10_000);
  expect(until[0]).toBeLessThanOrEqual(askedMs + 10_000);
  await presence.stop();
});
