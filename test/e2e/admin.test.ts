import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../services/common/protocol/app.ts';
import { RawDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type TestSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../../scripts/cli/main.ts');
/** Longer than any role takes an app as it was read. */
const cacheMs = 40_000;

describe('administration of apps', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem({ scale: { im: 2 } });
  });
  afterAll(() => system?.stop());

  const admin = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [script, 'app', ...args, '--data', system.dataDir])).stdout;
  const adminApp = async (...args: string[]): Promise<App> => JSON.parse(await admin(...args, '--json')).app;
  const upstreamOf = (app: App) => Upstream.open({ ...system.run(), app });
  const authCode = async (app: App, masterSecret: string): Promise<number> => {
    const timestamp = String(Date.now());
    const sign = createHash('sha256')
      .update(app.appKey + timestamp + masterSecret)
      .digest('hex');
    const response = await fetch(`${system.run().api}/v2/${app.appId}/auth`, {
      method: 'POST',
      body: JSON.stringify({ appkey: app.appKey, timestamp, sign }),
    });
    return ((await response.json()) as { code: number }).code;
  };

  it('creates an app that works at once, and lists and shows it', async () => {
    const app = await adminApp('create', 'shop');
    const upstream = await upstreamOf(app);
    const started = startDevice({ url: system.run().sdk, appId: app.appId, appSecret: app.appSecret });
    try {
      await started.online();
      await upstream.push(started.cid(), 'hello');
      await started.waitForPushes(1);
    } finally {
      await started.device.close();
      await upstream.close();
    }
    expect(await admin('list')).toContain(`${app.appId}`);
    expect(await admin('show', app.appId)).toContain(app.masterSecret);
  });

  it('lists who reads the bus, and has no dead letters to show', async () => {
    const bus = async (...args: string[]): Promise<string> =>
      (await run(process.execPath, [script, ...args, '--data', system.dataDir])).stdout;
    await waitFor('every group has come', async () => {
      const groups = await bus('bus-groups');
      return ['router', 'planner', 'broadcaster', 'callback', 'channel', 'statistics'].every((one) =>
        groups.includes(`longwire.${one}`),
      );
    });
    expect(await bus('bus-groups')).toContain('has members');
    await expect(bus('bus-groups', 'forget', 'longwire.receipt', 'longwire.callback')).rejects.toThrow('has members');
    expect(await bus('dead-letters')).toBe('no dead letters\n');
    await expect(bus('dead-letters', 'drop', '5')).rejects.toThrow('there is no open dead letter 5');
  });

  it('rotates secrets: both are good for the grace time', async () => {
    const app = await adminApp('create', 'rotating');
    expect(await authCode(app, app.masterSecret)).toBe(0);
    const rotated = await adminApp('rotate-secret', app.appId);
    expect(rotated.masterSecret).not.toBe(app.masterSecret);
    await waitFor('the new secret is taken', async () => (await authCode(app, rotated.masterSecret)) === 0, 5_000, 100);
    expect(await authCode(app, app.masterSecret)).toBe(0);
    const device = await RawDevice.open(system.run().sdk);
    await device.register(app);
    await device.end();
  });

  it('holds an app to its quota across instances', async () => {
    const app = await adminApp('create', 'limited');
    await admin('set-quota', app.appId, 'pushesPerDay=5');
    const upstream = await upstreamOf(app);
    const device = await RawDevice.open(system.run().sdk);
    const { cid } = await device.register(app);
    const pushes = Array.from({ length: 30 }, () =>
      upstream.onceFresh('POST', '/push/single/cid', upstream.pushBody(cid, 'x')),
    );
    const codes = (await Promise.all(pushes)).map(({ code }) => code);
    expect(codes.filter((code) => code === 0)).toHaveLength(5);
    expect(codes.filter((code) => code === 30009)).toHaveLength(25);
    await device.end();
    await upstream.close();
  });

  it('disables an app: 10002 for its calls, 4403 for its devices; and enables it again', async () => {
    const app = await adminApp('create', 'closing');
    const upstream = await upstreamOf(app);
    const device = await RawDevice.open(system.run().sdk);
    const credentials = await device.register(app);
    await device.login(app.appId, credentials);
    await device.end();
    await admin('disable', app.appId);
    const code = async () => (await upstream.call('GET', `/user/status/${credentials.cid}`)).code;
    await waitFor('calls are refused', async () => (await code()) === 10002, cacheMs, 500);
    await waitFor('logins are refused', () => loginCloses(credentials), cacheMs, 500);
    expect(await authCode(app, app.masterSecret)).toBe(10002);
    await admin('enable', app.appId);
    await waitFor('calls are let in', async () => (await code()) === 0, cacheMs, 500);
    await upstream.close();

    async function loginCloses({ cid, token }: { cid: string; token: string }): Promise<boolean> {
      const again = await RawDevice.open(system.run().sdk);
      again.send({ t: 'login', appId: app.appId, cid, token, seq: 0 });
      const answered = await waitFor('an answer', () => again.unread[0], 5_000, 5);
      if (answered.t === 'welcome') {
        await again.end();
        return false;
      }
      expect((await again.closed()).code).toBe(4403);
      return true;
    }
  });

  it('says in one line what is wrong', async () => {
    await expect(admin('show', 'nobody')).rejects.toMatchObject({
      stderr: 'longwire: there is no app nobody\n',
      code: 1,
    });
    const nowhere = run(process.execPath, [script, 'app', 'list', '--data', '/nonexistent']);
    await expect(nowhere).rejects.toMatchObject({ stderr: expect.stringMatching(/^longwire: nothing is up in .*\n$/) });
  });
});
