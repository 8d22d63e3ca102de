import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMetricsText, sumOf } from '../../scaling/core/metrics-text.ts';
import { closeCodes } from '../../services/common/protocol/device-frames.ts';
import { RawDevice, type StartedDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';

/**
 * The loop of scaling, closed on this machine: targets are far below what an instance can do, and windows a fortieth of what they
 * are elsewhere, so that a small load of a minute takes a role through it. Mean times, and the calls in flight that they make, have targets that
 * a busy machine doesn't reach by itself: on one, they say more of what else it does.
 */
const flags = [
  ...['--autoscale', 'cm=1..2,im=1..2,user-redis=1..2,user-mysql=1..2'],
  ...['--target', 'im.records=60,cm.connections=40', '--hasten', '40'],
  ...['--target', 'im.accept_latency=5,user-redis.latency=5,user-mysql.latency=5'],
  ...['--target', 'user-redis.in_flight=1000,user-mysql.in_flight=1000'],
];
const deviceCount = 20;
/** Each batch goes to the planner, which writes one route record a message. */
const perBatch = 8;
const batchEveryMs = 200;

let system: UpSystem;
let upstream: Upstream;
let devices: StartedDevice[];
let sent = 0;

beforeAll(async () => {
  system = await startSystem({ flags });
  upstream = await Upstream.open(system.run());
  devices = Array.from({ length: deviceCount }, newDevice);
  await Promise.all(devices.map((device) => device.online()));
});

afterAll(async () => {
  for (const { device } of devices ?? []) device.close();
  await upstream?.close();
  await system?.stop();
});

function newDevice(): StartedDevice {
  const { sdk, app } = system.run();
  return startDevice({ url: sdk, appId: app.appId, appSecret: app.appSecret });
}

const instancesOf = (role: string): string[] =>
  system
    .run()
    .processes.filter((one) => one.role === role)
    .map(({ instance }) => instance);

/** Sends `perBatch` messages at once, each to the next device; `sent` counts those that were accepted. */
async function sendBatch(): Promise<void> {
  const first = sent;
  sent += perBatch;
  const messages = Array.from({ length: perBatch }, (_unused, index) => ({
    request_id: randomBytes(12).toString('hex'),
    audience: { cid: [devices[(first + index) % deviceCount]!.cid()] },
    push_message: { transmission: `message ${first + index}` },
  }));
  const answer = await upstream.call('POST', '/push/single/batch/cid', { is_async: true, msg_list: messages });
  if (answer.code !== 0) throw new Error(`refused: ${answer.msg}`);
}

/** Batches at an even rate until `enough`; resolves when all are accepted. */
async function load(batches: number, enough: () => boolean, limitMs: number): Promise<void> {
  const underWay: Promise<void>[] = [];
  const timer = setInterval(() => {
    for (let number = 0; number < batches; number++) underWay.push(sendBatch());
  }, batchEveryMs);
  try {
    await waitFor('the load has its effect', enough, limitMs, 100);
  } finally {
    clearInterval(timer);
    await Promise.all(underWay);
  }
}

async function behind(): Promise<number> {
  const { metrics } = system.processOf('im-1');
  return sumOf(readMetricsText(await (await fetch(metrics!)).text()), 'longwire_bus_lag_records') ?? Number.NaN;
}

async function connectionsOf(instance: string): Promise<number> {
  const { metrics } = system.processOf(instance);
  return sumOf(readMetricsText(await (await fetch(metrics!)).text()), 'longwire_cm_connections') ?? Number.NaN;
}

const decisionsOf = (role: string): string[] =>
  system
    .output()
    .split('\n')
    .filter((line) => line.startsWith(`longwire: ${role} `) && line.includes(' -> '));

describe('up --autoscale', () => {
  test('a load that doubles gets its role an instance and no other, the backlog drains, the instance goes, nothing is lost', async () => {
    const calmEnd = Date.now() + 8_000;
    await load(1, () => Date.now() > calmEnd, 30_000);
    expect(instancesOf('im')).toEqual(['im-1']);

    const most: number[] = [];
    const watch = setInterval(
      () =>
        void behind()
          .then((lag) => Number.isNaN(lag) || most.push(lag))
          .catch(() => {}),
      50,
    );
    await load(2, () => system.output().includes('im-2 is ready') && instancesOf('im').includes('im-2'), 60_000);
    clearInterval(watch);
    expect(decisionsOf('im')[0]).toMatch(/im 1 -> 2: records \d.* asks for [2-9]/);
    expect(Math.max(...most)).toBeGreaterThan(0);
    await waitFor('the backlog drains', async () => (await behind()) === 0, 30_000, 100);

    await waitFor('it goes again', () => instancesOf('im').length === 1, 60_000, 100);
    expect(decisionsOf('im')).toHaveLength(2);
    for (const role of ['cm', 'user-redis', 'user-mysql']) expect(decisionsOf(role)).toEqual([]);

    await waitFor('each message arrives', () => devices.flatMap(({ pushes }) => pushes).length >= sent, 30_000);
    const got = devices.flatMap(({ pushes }) => pushes.map(({ transmission }) => transmission));
    expect(new Set(got).size).toBe(sent);
    expect(got).toHaveLength(sent);
  });

  test('connections get a cm, devices come over to it, and those of one that goes are told to come back', async () => {
    const more = Array.from({ length: 30 }, newDevice);
    await Promise.all(more.map((device) => device.online()));
    await waitFor('a cm comes', () => instancesOf('cm').length === 2, 60_000, 100);
    await waitFor('it is ready', () => system.output().includes('cm-2 is ready'), 30_000, 100);
    await waitFor(
      'devices came over',
      () => /cm evened out: \d+ devices told to come back/.test(system.output()),
      90_000,
      100,
    );
    expect(await connectionsOf('cm-2')).toBeGreaterThan(0);
    const { sdk, app } = system.run();
    const raw = await Promise.all(Array.from({ length: 14 }, () => RawDevice.open(sdk)));
    for (const device of raw) await device.login(app.appId, await device.register(app));

    for (const { device } of more) device.close();
    await waitFor('the newer cm goes', () => instancesOf('cm').length === 1, 90_000, 100);
    const told = await Promise.any(raw.map((device) => device.next('reconnect', 1_000)));
    expect(told.after).toBeLessThanOrEqual(1_000);
    const closed = await Promise.any(raw.map((device) => device.closed(1_000)));
    expect(closed.code).toBe(closeCodes.draining);
    for (const device of raw.filter((one) => one.isOpen)) device.terminate();
    for (const role of ['user-redis', 'user-mysql']) expect(decisionsOf(role)).toEqual([]);

    await Promise.all(devices.map((device) => device.online()));
    const before = sent;
    await sendBatch();
    await waitFor('messages arrive', () => devices.flatMap(({ pushes }) => pushes).length >= before + perBatch, 30_000);
  });
});
