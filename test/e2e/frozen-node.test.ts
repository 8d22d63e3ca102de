import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';

/** Longer than a lease lasts, and shorter than `up` waits before it ends a process that hangs. */
const frozenMs = 15_000;
const deviceCount = 12;
/** Longer than what counts as standing still, and far shorter than a lease. */
const shortMs = 3_000;

const sut = new SystemUnderTest();
beforeAll(() => sut.start({ bus: 'redis', scale: { cm: 2 } }));
afterAll(() => sut.stop());

test('a cm that is stopped for 15 s closes its connections when it wakes, sends nothing on them, and nothing is lost', async () => {
  const { app, sdk } = sut.run;
  const devices = await Promise.all(
    Array.from({ length: deviceCount }, async () => {
      const raw = await RawDevice.open(sdk);
      const credentials = await raw.register(app);
      await raw.login(app.appId, credentials);
      return { raw, credentials };
    }),
  );
  const held = await sut.metric('cm-1', 'longwire_cm_connections');
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(deviceCount);

  const pid = sut.system.kill('cm-1', 'SIGSTOP');
  const stoppedAt = Date.now();
  // Routers hand these to the stopped node too: it finds them when it wakes.
  for (const [number, { credentials }] of devices.entries()) await sut.upstream.push(credentials.cid, `m${number}`);
  await waitFor('the time of the freeze', () => Date.now() - stoppedAt > frozenMs, frozenMs + 5_000, 100);
  const quiet = devices.filter(({ raw }) => raw.unread.every(({ t }) => t !== 'push'));
  expect(quiet).toHaveLength(held);
  process.kill(pid, 'SIGCONT');

  for (const { raw } of quiet) expect(await raw.closed(10_000)).toMatchObject({ code: 4503 });
  expect(quiet.flatMap(({ raw }) => raw.unread)).toEqual([]);
  for (const device of quiet) {
    const again = await RawDevice.open(sdk);
    await again.login(app.appId, device.credentials);
    expect(await again.next('push')).toMatchObject({ transmission: `m${devices.indexOf(device)}` });
    again.terminate();
  }
  const awake = devices.filter((device) => !quiet.includes(device));
  for (const { raw } of awake) expect(raw.isOpen).toBe(true);
  // It is the same process: nobody had to replace it.
  expect(sut.system.processOf('cm-1').pid).toBe(pid);
});

test('a cm that is stopped for less than its lease finds what came meanwhile, though the router that stored it was killed', async () => {
  const { app, sdk } = sut.run;
  const raw = await RawDevice.open(sdk);
  const credentials = await raw.register(app);
  await raw.login(app.appId, credentials);
  const held = await sut.metric('cm-1', 'longwire_cm_connections');
  const holder = held > 0 ? 'cm-1' : 'cm-2';

  const pid = sut.system.kill(holder, 'SIGSTOP');
  const stoppedAt = Date.now();
  await sut.upstream.push(credentials.cid, 'meanwhile');
  const lag = (): Promise<number> => sut.metric('im-1', 'longwire_bus_lag_records');
  await waitFor('the router has stored it and goes on without the node', async () => (await lag()) === 0);
  sut.system.kill('im-1');
  await waitFor('the time of the freeze', () => Date.now() - stoppedAt > shortMs, shortMs + 5_000, 100);
  process.kill(pid, 'SIGCONT');

  expect(await raw.next('push')).toMatchObject({ transmission: 'meanwhile' });
  expect(raw.isOpen).toBe(true);
  raw.terminate();
});
