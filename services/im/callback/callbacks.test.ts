import { expect, test } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Post } from './lane.ts';
import { appOf, batchOf, callbacksRig, linesOf, receipt } from './testing/rig.ts';

const dead = 'http://dead.example/';
const alive = 'http://alive.example/';
const apps = [appOf('dead', dead), appOf('alive', alive), appOf('none', undefined)];

/** Upstreams of which some are away or hang; what was answered is kept as `event task device`. */
function upstreams() {
  const told: string[] = [];
  const state = { away: false, hangs: false, tries: 0, bodies: [] as number[] };
  const hanging: (() => void)[] = [];
  const post: Post = async (url, body) => {
    state.tries++;
    if (url === dead && state.away) throw new LongwireError('unavailable', 'away');
    if (url === dead && state.hangs) await new Promise<void>((resolve) => hanging.push(resolve));
    const lines = linesOf(body);
    state.bodies.push(lines.length);
    told.push(...lines.map(({ actionId, taskid, cid }) => `${actionId} ${taskid} ${Number(`0x${cid}`)}`));
    return 200;
  };
  const release = (): void => {
    state.hangs = false;
    for (const resolve of hanging.splice(0)) resolve();
  };
  return { post, told, state, hanging, release };
}

test('CB1 a body that nobody answers is tried three times and dropped, and the next goes', async () => {
  const { post, told, state } = upstreams();
  const { callbacks, metric } = callbacksRig(apps, post);
  state.away = true;
  await callbacks.handle(batchOf([receipt('dead', 't', [1, 2])]));
  await waitFor('it is dropped', () => callbacks.waiting === 0);
  expect([state.tries, await metric('dropped_total')]).toEqual([3, { unreachable: 2 }]);
  state.away = false;
  await callbacks.handle(batchOf([receipt('dead', 't', [3])]));
  await waitFor('it is told', () => told.length === 1);
  expect([told, await metric('delivered_total')]).toEqual([['0 t 3'], { '2xx': 1 }]);
});

test('CB1 a target that may not be called is not tried again', async () => {
  let tries = 0;
  const { callbacks, metric } = callbacksRig(apps, async () => {
    tries++;
    throw new LongwireError('bad_request', 'internal');
  });
  await callbacks.handle(batchOf([receipt('alive', 't', [1])]));
  await waitFor('it is dropped', () => callbacks.waiting === 0);
  expect([tries, await metric('dropped_total')]).toEqual([1, { refused: 1 }]);
});

test('order holds within a task, over bodies and tries, and a body has 150 lines at the most', async () => {
  const { post, told, state } = upstreams();
  let faults = 2;
  const { callbacks } = callbacksRig(apps, (url, body) => {
    if (faults-- > 0) throw new LongwireError('timeout', 'late');
    return post(url, body);
  });
  const devices = Array.from({ length: 400 }, (_, index) => index);
  const first = batchOf([receipt('alive', 't', devices), receipt('alive', 't', [7], 'shown')]);
  await callbacks.handle(first);
  await callbacks.handle(batchOf([receipt('alive', 't', [7], 'clicked'), receipt('alive', 't', [7], 'custom:90002')]));
  await waitFor('all is told', () => callbacks.waiting === 0);
  expect(told).toEqual([...devices.map((one) => `0 t ${one}`), '10000 t 7', '10010 t 7', '90002 t 7']);
  expect(state.bodies.slice(0, 3)).toEqual([150, 150, expect.any(Number)]);
});

test('CB2 a batch is done when prompt upstreams have been told of it', async () => {
  const { post, state, hanging, release } = upstreams();
  const { callbacks } = callbacksRig(apps, post);
  state.hangs = true;
  let done = false;
  const handled = callbacks.handle(batchOf([receipt('dead', 't', [1])])).then(() => {
    done = true;
  });
  await waitFor('it is on its way', () => hanging.length === 1);
  expect(done).toBe(false);
  release();
  await handled;
});

test('CB2 an upstream that was away or is late is not waited for, until it takes a body in time', async () => {
  const { post, told, state, hanging, release } = upstreams();
  const { callbacks } = callbacksRig(apps, post);
  state.away = true;
  await callbacks.handle(batchOf([receipt('dead', 't', [1])]));
  await waitFor('it is dropped', () => callbacks.waiting === 0);
  Object.assign(state, { away: false, hangs: true });
  // Were it waited for, this would take a minute.
  await callbacks.handle(batchOf([receipt('dead', 't', [2]), receipt('alive', 'u', [1])]));
  await waitFor('it is on its way', () => hanging.length === 1);
  expect(told).toEqual(['0 u 1']);
  release();
  await waitFor('it is told', () => callbacks.waiting === 0);
  state.hangs = true;
  const handled = callbacks.handle(batchOf([receipt('dead', 't', [3])]));
  await waitFor('it is on its way', () => hanging.length === 1);
  expect(await Promise.race([handled, Promise.resolve('waits')])).toBe('waits');
  release();
  await handled;
});

test('CB2 a prompt upstream that turns slow is waited for once, for as long as is said', async () => {
  const { post, state, release } = upstreams();
  const { callbacks } = callbacksRig(apps, post, { promptMs: 40 });
  state.hangs = true;
  const begunMs = performance.now();
  for (let device = 0; device < 100; device++) await callbacks.handle(batchOf([receipt('dead', 't', [device])]));
  const tookMs = performance.now() - begunMs;
  expect(tookMs).toBeGreaterThan(35);
  expect(tookMs).toBeLessThan(2_000);
  release();
  await waitFor('all is told', () => callbacks.waiting === 0);
});

test('CB3 past its bound an app is told no more, and others are', async () => {
  const { post, told, state, release } = upstreams();
  const { callbacks, metric } = callbacksRig(apps, post, { promptMs: 1, limits: { callbackMaxWaiting: 3 } });
  state.hangs = true;
  await callbacks.handle(
    batchOf([receipt('dead', 't', [1, 2]), receipt('dead', 't', [3, 4]), receipt('dead', 't', [5])]),
  );
  await callbacks.handle(batchOf([receipt('alive', 'u', [1, 2, 3])]));
  expect([await metric('dropped_total'), await metric('waiting')]).toEqual([{ overflow: 2 }, { all: 3 }]);
  release();
  await waitFor('the rest is told', () => callbacks.waiting === 0);
  expect(told).toEqual(['0 u 1', '0 u 2', '0 u 3', '0 t 1', '0 t 2', '0 t 5']);
});

test('apps without a callback, unknown and disabled ones are not told, nor is anybody of other events', async () => {
  const { post, state } = upstreams();
  const { callbacks, known } = callbacksRig(apps, post);
  known.set('off', { ...appOf('off', alive), disabled: true });
  const some = ['none', 'off', 'unknown'].map((app) => receipt(app, 't', [1]));
  const others = (['target', 'sent', 'dismissed', 'custom:12345'] as const).map((event) =>
    receipt('alive', 't', [1], event),
  );
  await callbacks.handle(batchOf([...some, ...others, '{', '{"kind":"event","app":"alive","event":"shown"}']));
  expect(state.tries).toBe(0);
});

test('a URL that is taken away while receipts wait ends them', async () => {
  const { post, state } = upstreams();
  const { callbacks, known, metric } = callbacksRig(apps, (url, body) => {
    known.set('dead', appOf('dead', undefined));
    return post(url, body);
  });
  state.away = true;
  await callbacks.handle(batchOf([receipt('dead', 't', [1])]));
  await waitFor('it is dropped', () => callbacks.waiting === 0);
  expect([state.tries, await metric('dropped_total')]).toEqual([1, { ended: 1 }]);
});

test('an app that cannot be looked up holds its batch, of which nobody is told before', async () => {
  const { post, told } = upstreams();
  let away = true;
  const { callbacks } = callbacksRig(apps, post, {
    find: async (appId) => {
      if (away && appId === 'dead') throw new LongwireError('unavailable', 'away');
      return apps.find((app) => app.appId === appId) ?? null;
    },
  });
  const batch = batchOf([receipt('alive', 't', [1]), receipt('dead', 't', [2])]);
  await expect(callbacks.handle(batch)).rejects.toMatchObject({ retryable: true });
  expect(told).toEqual([]);
  away = false;
  await callbacks.handle(batch);
  expect(told.sort()).toEqual(['0 t 1', '0 t 2']);
});

test('a batch left off is done in part only, and what was told is not told again when it comes again', async () => {
  const { post, told } = upstreams();
  const { callbacks } = callbacksRig(apps, post);
  const many = Array.from({ length: 3_000 }, (_, index) => receipt('alive', 't', [index]));
  await expect(callbacks.handle(batchOf(many, () => told.length > 0))).rejects.toMatchObject({ retryable: true });
  expect(told.length).toBe(2_000);
  await callbacks.handle(batchOf(many));
  expect(told).toEqual(many.map(({ cids }) => `0 t ${Number(`0x${cids[0]}`)}`));
});

test('a stop tells what waits, until its deadline; then it is dropped', async () => {
  const { post, told, state, hanging, release } = upstreams();
  const { callbacks, metric } = callbacksRig(apps, post, { promptMs: 1 });
  state.hangs = true;
  await callbacks.handle(batchOf([receipt('dead', 't', [1])]));
  await waitFor('it is on its way', () => hanging.length === 1);
  await callbacks.handle(batchOf([receipt('dead', 't', [2, 3])]));
  const stopped = callbacks.stop(Date.now() + 30_000);
  release();
  await stopped;
  expect(told).toEqual(['0 t 1', '0 t 2', '0 t 3']);

  const late = callbacksRig(apps, post, { promptMs: 1, pausesMs: [60_000] });
  state.away = true;
  await late.callbacks.handle(batchOf([receipt('dead', 't', [1])]));
  await late.callbacks.handle(batchOf([receipt('dead', 't', [2, 3])]));
  await late.callbacks.stop(Date.now());
  await waitFor('nothing waits', () => late.callbacks.waiting === 0);
  expect([await late.metric('dropped_total'), await metric('dropped_total')]).toEqual([{ stopped: 3 }, {}]);
});
