import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import { createChannelMetrics } from '../metrics.ts';
import type { ChannelAdapter, Outcome } from './adapter.ts';
import type { Work } from './lanes.ts';
import { type Delivery, deniedMs, deniedRestMs, maxRetryAfterMs, maxTries, Sender } from './sender.ts';

const now = 1_000_000;
const log = pino({ level: 'silent' });
const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } };

function deliveryOf(use: Delivery['use'] = 'offline', exp = now + 86_400_000): Delivery {
  const message = {
    kind: 'message' as const,
    app: 'app',
    task: 'T',
    exp,
    body: '{}',
    orders: {},
    cids: ['c'.repeat(32)],
  };
  return { message, cid: 'c'.repeat(32), channel: { kind: 'webpush', subscription }, use };
}

/** A sender whose lanes hand the work over to the test, with notes of what it did. */
function rig(maxTogether = 1) {
  const state = {
    now,
    outcome: { is: 'sent' } as Outcome,
    /** Of the devices of one try, in their order; `outcome` for the rest. */
    outcomes: [] as Outcome[],
    maxTogether,
    noted: [] as string[],
    device: { online: false, depth: 1, attachedAt: null, blacklisted: undefined as true | undefined },
    message: { queued: true, stopped: false },
    statesAway: false,
    full: false,
    works: [] as Work[],
    sends: 0,
    drops: [] as unknown[],
    counted: {} as Record<string, number>,
  };
  const adapter: ChannelAdapter = {
    kind: 'webpush',
    maxTogether: state.maxTogether,
    laneOf: (app) => app,
    send: async (_message, subscriptions) => {
      state.sends++;
      return subscriptions.map((_, index) => state.outcomes[index] ?? state.outcome);
    },
  };
  const metrics = createChannelMetrics(new Registry(), () => []);
  const sender = new Sender({
    adapter,
    lanes: {
      add: (_name, work) => {
        if (state.full) return undefined;
        state.works.push(work);
        return Promise.resolve();
      },
    },
    states: {
      status: async ({ items }) => {
        if (state.statesAway) throw new LongwireError('unavailable', 'away');
        const { blacklisted, ...device } = state.device;
        return { results: items.map(() => ({ ...device, ...(blacklisted ? { blacklisted } : {}) })) };
      },
      queued: async ({ items }) => ({ results: items.map(() => state.message) }),
    },
    kept: {
      dropChannels: async ({ items }) => {
        state.drops.push(...items);
        return { results: items.map(() => ({})) };
      },
    },
    results: { note: ({ cid, outcome, reason }) => state.noted.push(`${cid[0]} ${outcome} ${reason ?? ''}`) },
    metrics,
    now: () => state.now,
    log,
  });
  const outcomes = async () => {
    const { values } = await metrics.messages.get();
    return values.map(({ labels }) => labels.outcome);
  };
  /** Takes it in and makes one try; answers when the next one is due. */
  const send = async (delivery: Delivery) => {
    await sender.send([delivery]);
    return (await state.works.at(-1)?.())?.againMs;
  };
  return { state, sender, send, outcomes };
}

test('what is wanted is sent, and what came of it is counted', async () => {
  for (const is of ['sent', 'refused', 'nothing'] as const) {
    const { state, send, outcomes } = rig();
    state.outcome = { is };
    expect(await send(deliveryOf())).toBeUndefined();
    expect([state.sends, await outcomes()]).toEqual([1, [is]]);
  }
});

test.each([
  ['expired', () => {}, deliveryOf('offline', now)],
  ['online', (state) => (state.device.online = true), deliveryOf()],
  ['delivered', (state) => (state.message.queued = false), deliveryOf()],
  ['withdrawn', (state) => (state.message.stopped = true), deliveryOf()],
  ['withdrawn', (state) => (state.device.blacklisted = true), deliveryOf('always')],
  ['withdrawn', (state) => (state.message.stopped = true), deliveryOf('always')],
] as [string, (state: ReturnType<typeof rig>['state']) => unknown, Delivery][])(
  '%s: what is of no use any more is not sent (%#)',
  async (outcome, change, delivery) => {
    const { state, send, outcomes } = rig();
    change(state);
    expect(await send(delivery)).toBeUndefined();
    expect([state.sends, await outcomes()]).toEqual([0, [outcome]]);
  },
);

test('what goes by the channel in any case is sent to a device that is connected, and that has it already', async () => {
  const { state, send } = rig();
  state.device.online = true;
  state.message.queued = false;
  await send(deliveryOf('always'));
  expect(state.sends).toBe(1);
});

test('while nobody can say whether it is wanted it is sent', async () => {
  const { state, send } = rig();
  state.statesAway = true;
  await send(deliveryOf());
  expect(state.sends).toBe(1);
});

test('a subscription that is gone is dropped, that very one', async () => {
  const { state, send } = rig();
  state.outcome = { is: 'gone' };
  await send(deliveryOf());
  await expect
    .poll(() => state.drops)
    .toEqual([{ app: 'app', cid: 'c'.repeat(32), channel: { kind: 'webpush', subscription } }]);
});

test('what failed is tried again a few times, later and later, not before the service says, and not past its end', async () => {
  const { state, send, outcomes } = rig();
  state.outcome = { is: 'again' };
  expect(await send(deliveryOf())).toBeGreaterThanOrEqual(1_000);
  for (let tries = 2; tries < maxTries; tries++) {
    const { againMs } = await state.works[0]!();
    expect(againMs).toBeGreaterThanOrEqual(1_000);
    expect(againMs).toBeLessThanOrEqual(1_000 * (1 + 2 ** (tries - 1)));
  }
  expect(await state.works[0]!()).toEqual({});
  expect(await outcomes()).toEqual(['gave_up']);
  state.outcome = { is: 'again', afterMs: 120_000 };
  expect(await send(deliveryOf())).toBe(120_000);
  state.outcome = { is: 'again', afterMs: 999_999_999 };
  expect(await send(deliveryOf())).toBe(maxRetryAfterMs);
  expect(await send(deliveryOf('offline', now + 60_000))).toBeUndefined();
  expect(await outcomes()).toEqual(['gave_up', 'expired']);
});

test('what there is no room for is dropped, and counted', async () => {
  const { state, send, outcomes } = rig();
  state.full = true;
  await send(deliveryOf());
  expect([state.sends, await outcomes()]).toEqual([0, ['full']]);
});

const toMany = (count: number): Delivery[] => {
  const { message, ...one } = deliveryOf();
  return Array.from({ length: count }, (_, index) => ({ ...one, message, cid: String(index).repeat(32) }));
};

test('one try is for as many devices as the service takes, and only those that failed are tried again', async () => {
  const { state, sender } = rig(3);
  await sender.send(toMany(7));
  expect(state.works).toHaveLength(3);
  state.outcomes = [{ is: 'sent' }, { is: 'again', reason: 'busy' }, { is: 'gone', reason: 'dead' }];
  expect((await state.works[0]!()).againMs).toBeGreaterThanOrEqual(1_000);
  expect(state.noted).toEqual(['0 sent ', '2 gone dead']);
  await expect.poll(() => state.drops).toHaveLength(1);
  state.outcomes = [{ is: 'refused', reason: 'no' }];
  expect(await state.works[0]!()).toEqual({});
  expect(state.noted.slice(2)).toEqual(['1 refused no']);
  expect(state.sends).toBe(2);
});

test('what a service says of the whole app has its lane rest; refused credentials are not tried again', async () => {
  const { state, sender } = rig();
  await sender.send(toMany(2));
  state.outcome = { is: 'again', afterMs: 30_000, of: 'app' };
  expect(await state.works[0]!()).toEqual({ againMs: 30_000, restMs: 30_000 });
  state.outcome = { is: 'denied', reason: 'InvalidProviderToken' };
  expect(await state.works[1]!()).toEqual({ restMs: deniedRestMs });
  expect(state.noted).toEqual(['1 denied InvalidProviderToken']);
});

test('an app whose credentials are refused counts as denied until a message of its is taken, or for ten minutes', async () => {
  const { state, sender, send } = rig();
  state.outcome = { is: 'denied' };
  await send(deliveryOf());
  expect(sender.denied).toBe(1);
  state.now += deniedMs - 1;
  await send(deliveryOf());
  state.now += deniedMs - 1;
  expect(sender.denied).toBe(1);
  state.now += 1;
  expect(sender.denied).toBe(0);
  await send(deliveryOf());
  expect(sender.denied).toBe(1);
  state.outcome = { is: 'sent' };
  await send(deliveryOf());
  expect(sender.denied).toBe(0);
});

test('the figures say of each kind what waits, what fails and what is denied', async () => {
  const registry = new Registry();
  createChannelMetrics(registry, () => [{ kind: 'apns', jobs: 7, lanes: 3, failing: 2, denied: 1 }]);
  const text = await registry.metrics();
  expect(text).toContain('longwire_channel_waiting{kind="apns"} 7');
  for (const [state, apps] of Object.entries({ waiting: 3, failing: 2, denied: 1 })) {
    expect(text).toContain(`longwire_channel_lanes{kind="apns",state="${state}"} ${apps}`);
  }
});
