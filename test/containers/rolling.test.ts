import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Ledger } from '../chaos/ledger.ts';
import { startLoad } from '../chaos/load.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { provideLine } from '../rigs/containers/images.ts';
import { type ContainerSystem, startContainers } from '../rigs/containers/system.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { Upstream } from '../rigs/upstream.ts';

const { host, reason } = inject('engine');
const deviceCount = 1_000;
const cms = ['cm-1', 'cm-2', 'cm-3'];

describe.skipIf(host === '')(`a rolling restart${reason && ` (${reason})`}`, () => {
  let system: ContainerSystem;
  let upstream: Upstream;
  const devices: StartedDevice[] = [];
  /** When a device came online. */
  const onlineAt: number[] = [];

  beforeAll(async () => {
    const engine = connectEngine(host);
    await provideLine(engine, 'push');
    system = await startContainers(engine, { scale: { cm: 3, im: 2, 'user-redis': 2, 'user-mysql': 1 } });
    upstream = await Upstream.open(system.run());
    const { sdk: url, app } = system.run();
    const onState = (state: string): void => void (state === 'online' && onlineAt.push(Date.now()));
    for (let started = 0; started < deviceCount; started += 100) {
      const some = Array.from({ length: 100 }, () =>
        // As apps have it: what paces reconnects is the server's word, and a backoff of a second at the least.
        startDevice({ url, appId: app.appId, appSecret: app.appSecret, onState, tuning: sdkDefaults }),
      );
      await Promise.all(some.map((device) => device.online(60_000)));
      devices.push(...some);
    }
  });
  afterAll(async () => {
    await Promise.all(devices.map(({ device }) => device.close()));
    await upstream?.close();
    await system?.stop();
  });

  test('of 3 CMs under load with 1,000 devices loses nothing, and no second has more than 20 % of the reconnects', async () => {
    const ledger = new Ledger(devices);
    const stopLoad = startLoad(upstream, devices, ledger, { everyMs: 100, broadcastEveryMs: 5_000 });
    await waitFor('pushes are accepted', () => ledger.accepted > 50, 30_000);
    onlineAt.length = 0;
    const start = Date.now();
    for (const [index, old] of cms.entries()) {
      await system.add('cm', `cm-${index + 4}`);
      const from = Date.now();
      // The default of a pod: 20 s for what a stop does, and some more before it is ended.
      expect(await system.end(old)).toBe(0);
      process.stdout.write(`${old} stopped ${from - start} ms after the start, in ${Date.now() - from} ms\n`);
    }
    await waitFor(
      'all devices are online',
      () => devices.every(({ device }) => device.state === 'online'),
      60_000,
      100,
    );
    await stopLoad();
    await waitFor('all that was accepted arrives', () => ledger.missing() === 0, 60_000, 200).catch(() => {});

    const bySecond = perSecond(onlineAt, start);
    const most = Math.max(...bySecond);
    const figures = { accepted: ledger.accepted, missing: ledger.missing(), ...ledger.faults() };
    const share = most / onlineAt.length;
    process.stdout.write(`${JSON.stringify({ ...figures, reconnects: onlineAt.length, most, share, bySecond })}\n`);
    expect(figures).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0 });
    // Each device was on one that went away, and some came to one that went away later.
    expect(onlineAt.length).toBeGreaterThanOrEqual(deviceCount);
    expect(share).toBeLessThanOrEqual(0.2);
  });
});

const sdkDefaults = { reconnectMinMs: 1_000, reconnectMaxMs: 60_000 };

function perSecond(times: number[], start: number): number[] {
  const counts: number[] = [];
  for (const time of times) {
    const second = Math.floor((time - start) / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}
