import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApolloRig } from '../rigs/apollo.ts';
import { RawDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type TestSystem } from '../rigs/system.ts';

interface Shown {
  source: string;
  state: string;
  releases: Record<string, string>;
  refused?: { faults: string[] };
  pending: string[];
}

const accessKey = 'the access key of the line';
const roles = ['user-redis', 'user-mysql', 'im', 'cm'];
let rig: ApolloRig;
let system: TestSystem;

beforeAll(async () => {
  rig = await ApolloRig.start({ accessKey });
  rig.publish('application', { topicPrefix: 'line-a' });
  for (const role of roles) rig.publish(role, {});
  system = await startSystem({ env: rig.env(), scale: { im: 2, cm: 2, 'user-redis': 2, 'user-mysql': 2 } });
});

afterAll(async () => {
  await system?.stop();
  await rig?.stop();
});

const instances = () => system.run().processes.filter(({ health }) => health !== null);

async function shownWhateverReady(instance: string): Promise<Shown & { ok: boolean }> {
  const { health } = system.processOf(instance);
  const response = await fetch(health ?? '', { signal: AbortSignal.timeout(2_000) });
  return { ...((await response.json()) as { config: Shown }).config, ok: response.ok };
}

async function shown(instance: string): Promise<Shown> {
  const { ok, ...config } = await shownWhateverReady(instance);
  if (!ok) throw new Error(`${instance} is not ready`);
  return config;
}

async function metricOf(instance: string, name: string): Promise<number> {
  const { metrics } = system.processOf(instance);
  const text = await (await fetch(metrics ?? '', { signal: AbortSignal.timeout(2_000) })).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

/** What an instance has logged. */
const logOf = (instance: string): string => readFileSync(join(system.dataDir, 'logs', `${instance}.log`), 'utf8');

/** Until all instances show what `good` asks for; answers the ms that it took. */
async function allShow(
  what: string,
  good: (one: Shown, instance: string) => boolean,
  limitMs = 10_000,
): Promise<number> {
  const begun = performance.now();
  await waitFor(
    what,
    async () => {
      const all = await Promise.all(instances().map(async ({ instance }) => good(await shown(instance), instance)));
      return all.length === 8 && all.every(Boolean);
    },
    limitMs,
  );
  return performance.now() - begun;
}

const polling = () => waitFor('all poll', () => rig.polling === 8, 30_000);

test('every instance runs with the releases of its two namespaces and says which', async () => {
  await allShow('all show them', ({ source, state, releases }, instance) => {
    const role = system.processOf(instance).role;
    return source === 'apollo' && state === 'applied' && Object.keys(releases).join() === `application,${role}`;
  });
});

test('a hot key changes in all instances within 2 s', async () => {
  await polling();
  const key = rig.publish('application', { topicPrefix: 'line-a', logLevel: 'debug' });
  const ms = await allShow('all have it', ({ releases }) => releases['application'] === key, 2_000);
  expect(ms).toBeLessThan(2_000);
  for (const { instance } of instances()) expect(logOf(instance), instance).toContain('"changed":{"logLevel":"debug"}');
  const { sdk, app } = system.run();
  const device = await RawDevice.open(sdk);
  await device.login(app.appId, await device.register(app));
  await device.end();
  await waitFor('a cm logs at that level', () => ['cm-1', 'cm-2'].some((cm) => logOf(cm).includes('"device left"')));
  rig.publish('application', { topicPrefix: 'line-a' });
});

test('a running cm takes its limits: no room for one more, and room again', async () => {
  await polling();
  const { sdk } = system.run();
  const tight = rig.publish('cm', { maxConnections: '1' });
  const have = (key: string) => async (): Promise<boolean> =>
    (await Promise.all(['cm-1', 'cm-2'].map(shownWhateverReady))).every(({ releases }) => releases['cm'] === key);
  await waitFor('both have it', have(tight));
  const open: RawDevice[] = [];
  await expect(
    (async () => {
      for (let count = 0; count < 3; count++) open.push(await RawDevice.open(sdk));
    })(),
  ).rejects.toThrow('503');
  const wide = rig.publish('cm', {});
  await waitFor('both have it', have(wide));
  for (let count = 0; count < 10; count++) open.push(await RawDevice.open(sdk));
  await Promise.all(open.map((device) => device.end()));
});

test('a cm that stops spreads its devices over what drainMs is by then', async () => {
  await polling();
  const { sdk, app } = system.run();
  const key = rig.publish('cm', { drainMs: '600000' });
  await allShow('cm has it', ({ releases }, instance) => !instance.startsWith('cm') || releases['cm'] === key);
  const devices: RawDevice[] = [];
  for (let count = 0; count < 12; count++) {
    const device = await RawDevice.open(sdk);
    await device.login(app.appId, await device.register(app));
    devices.push(device);
  }
  system.kill('cm-1', 'SIGTERM');
  const told = () =>
    devices.flatMap(({ unread }) => unread.flatMap((frame) => (frame.t === 'reconnect' ? [frame] : [])));
  // `up` gives each cm a second for it.
  await waitFor('one is told of a later time', () => told().some(({ after }) => after > 1_000));
  await Promise.all(devices.map((device) => device.end()));
  rig.publish('cm', {});
  await allShow('all run again', ({ state }) => state === 'applied', 60_000);
});

test('a bad value is refused by every instance and shown, and all stay ready with what they had', async () => {
  await polling();
  const before = new Map<string, Shown>();
  for (const { instance } of instances()) before.set(instance, await shown(instance));
  rig.publish('application', { topicPrefix: 'line-a', logLevel: 'loud', nonsense: '1' });
  await allShow('all refuse it', ({ state, releases, refused }, instance) => {
    expect(releases).toEqual(before.get(instance)?.releases);
    return state === 'refused' && refused?.faults.length === 2;
  });
  for (const { instance } of instances()) {
    expect(await metricOf(instance, 'longwire_config_refused_total')).toBe(1);
    expect(await metricOf(instance, 'longwire_config_faults')).toBe(2);
  }
  rig.publish('application', { topicPrefix: 'line-a' });
  await allShow('all take what fits', ({ state }) => state === 'applied');
});

test('with one of three servers dead nothing is noticed', async () => {
  await polling();
  const lines = () =>
    instances().map(({ instance }) =>
      logOf(instance)
        .split('\n')
        .filter((line) => line.includes('Apollo gives no')),
    );
  for (const dead of [0, 1, 2]) {
    await rig.kill(dead);
    const key = rig.publish('application', { topicPrefix: 'line-a', graceMs: String(6_000 + dead) });
    await allShow(
      'all have it',
      ({ releases, pending }) => releases['application'] === key && pending.includes('graceMs'),
      2_000,
    );
    await rig.revive(dead);
  }
  expect(lines().flat()).toEqual([]);
});

test('with every server dead all go on, and an instance of each role that is killed starts again from the backup', async () => {
  rig.publish('cm', { maxConnections: '77' });
  await allShow('all are well', ({ state, source }) => state === 'applied' && source === 'apollo');
  await waitFor('cm has it', async () => (await shown('cm-1')).releases['cm'] === (await shown('cm-2')).releases['cm']);
  for (const index of [0, 1, 2]) await rig.kill(index);
  const releases = new Map<string, Shown>();
  for (const role of roles) releases.set(role, await shown(`${role}-2`));
  for (const role of roles) system.kill(`${role}-1`);
  await allShow(
    'they run again',
    ({ source }, instance) => source === (instance.endsWith('-1') ? 'backup' : 'apollo'),
    60_000,
  );
  for (const role of roles) expect((await shown(`${role}-1`)).releases).toEqual(releases.get(role)?.releases);
  for (const index of [0, 1, 2]) await rig.revive(index);
  await allShow('Apollo is followed again', ({ source }) => source === 'apollo', 130_000);
});
