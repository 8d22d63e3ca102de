import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VendorKind } from '../../services/common/protocol/channel-credentials.ts';
import { RawDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';
import { type VendorStub, vendorStubs } from '../rigs/vendors/stubs.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../scripts/cli/main.ts');
const kinds = Object.keys(vendorStubs) as VendorKind[];
const stubs = {} as Record<VendorKind, VendorStub>;
const folder = mkdtempSync(join(tmpdir(), 'longwire-vendors-'));
let system: UpSystem;
let upstream: Upstream;

const admin = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [cli, 'app', ...args, '--data', system.dataDir])).stdout;

beforeAll(async () => {
  for (const kind of kinds) stubs[kind] = await vendorStubs[kind]!();
  const addresses = kinds.map((kind) => `${kind}=${stubs[kind].url}`).join(',');
  const settings = [`im.channelBaseUrls=${addresses}`, 'im.channelTryMs=1000'];
  system = await startSystem({ scale: { im: 2 }, settings });
  for (const kind of kinds) {
    const file = join(folder, `${kind}.json`);
    writeFileSync(file, JSON.stringify(stubs[kind].credentials));
    await admin('set-channel', system.run().app.appId, kind, file);
  }
  upstream = await Upstream.open(system.run());
});
afterAll(async () => {
  await upstream?.close();
  await system?.stop();
  for (const kind of kinds) await stubs[kind]?.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(kinds.flatMap((kind) => stubs[kind]!.faults)).toEqual([]);
});

interface Away {
  cid: string;
  credentials: { cid: string; token: string };
  /** Of each kind that it has a channel of. */
  tokens: Partial<Record<VendorKind, string>>;
}

/** A device that has registered channels, and has no connection. */
async function awayDevice(...of: VendorKind[]): Promise<Away> {
  const raw = await RawDevice.open(system.run().sdk);
  const { app } = system.run();
  const credentials = await raw.register(app);
  await raw.login(app.appId, credentials);
  const tokens: Away['tokens'] = {};
  for (const [rid, kind] of of.entries()) {
    const token = `tok-${randomBytes(32).toString('hex')}`;
    tokens[kind] = token;
    raw.send({ t: 'channel', rid, kind, subscription: { token } });
    expect(await raw.next('ok')).toEqual({ t: 'ok', rid });
  }
  await raw.end();
  const { cid } = credentials;
  await waitFor('the device is offline', async () => {
    const { data } = await upstream.call('GET', `/user/status/${cid}`);
    return (data as Record<string, { status: string }>)[cid]?.status === 'offline';
  });
  return { cid, credentials, tokens };
}

/** @returns the task's id */
async function push(cid: string, title: string, strategy: Record<string, number> = { default: 1 }): Promise<string> {
  const answer = await upstream.call('POST', '/push/single/cid', {
    request_id: randomBytes(12).toString('hex'),
    settings: { strategy },
    audience: { cid: [cid] },
    push_message: { notification: { title, body: 'text', click_type: 'startapp' } },
  });
  expect(answer.msg).toBe('success');
  return Object.keys(answer.data as object)[0]!;
}

const titleOf = (frame: object): unknown => (frame as { notification?: { title: string } }).notification?.title;

/** What of a task's report a channel has, once it is there. */
async function reportOf(task: string, name: string) {
  type Report = Record<string, { msg_num: number; target_num: number }> & { failed_detail: { channels?: object } };
  let report: Report | undefined;
  await waitFor(
    `the report has ${name}`,
    async () => {
      const { data } = await upstream.call('GET', `/report/push/task/${task}/detail`);
      report = (data as Record<string, Report>)[task];
      return report?.[name] !== undefined;
    },
    30_000,
  );
  return { counts: report![name], failed: report!.failed_detail.channels ?? {} };
}

test('credentials are listed without their secrets, and are in no log', async () => {
  const { appId } = system.run().app;
  const listed = JSON.parse(await admin('channels', appId, '--json')) as { channels: { kind: string }[] };
  expect(listed.channels.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  const secrets = kinds.flatMap((kind) => JSON.stringify(stubs[kind].credentials).match(/[A-Za-z0-9+/]{48,}/g) ?? []);
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) expect(JSON.stringify(listed) + system.logs()).not.toContain(secret);
});

describe.each(kinds)('%s', (kind) => {
  const stub = (): VendorStub => stubs[kind];

  test('reaches a device that is away, within its strategy, and is in the report; the app gets it once besides', async () => {
    const away = await awayDevice(kind);
    const token = away.tokens[kind]!;
    await push(away.cid, 'never', { default: 3 });
    await push(away.cid, 'never this', { default: 1, [stub().name]: 3 });
    const task = await push(away.cid, 'shown', { default: 3, [stub().name]: 1 });
    expect(await stub().waitFor(token)).toMatchObject([{ title: 'shown', body: 'text' }]);
    expect(await reportOf(task, stub().name)).toEqual({ counts: { msg_num: 1, target_num: 1 }, failed: {} });
    const back = await RawDevice.open(system.run().sdk);
    await back.login(system.run().app.appId, away.credentials);
    const titles = [];
    for (let count = 0; count < 3; count++) titles.push(titleOf(await back.next('push')));
    expect(titles).toEqual(['never', 'never this', 'shown']);
    // While it is connected, only what goes in any case.
    await push(away.cid, 'connected');
    await push(away.cid, 'in any case', { [stub().name]: 4, default: 1 });
    await stub().waitFor(token, 2);
    expect(
      stub()
        .of(token)
        .map(({ title }) => title),
    ).toEqual(['shown', 'in any case']);
    await back.end();
  });

  test('a dead token is told of in the report, and is not tried again', async () => {
    const away = await awayDevice(kind);
    const token = away.tokens[kind]!;
    stub().dead.add(token);
    const task = await push(away.cid, 'dead');
    const { counts, failed } = await reportOf(task, stub().name);
    expect(counts).toEqual({ msg_num: 1, target_num: 0 });
    expect(Object.keys((failed as Record<string, object>)[stub().name]!)[0]).toMatch(/^gone:/);
    stub().dead.delete(token);
    // Another device after it: when that has its message, this one's turn is over.
    const control = await awayDevice(kind);
    await push(away.cid, 'after');
    await push(control.cid, 'control');
    await stub().waitFor(control.tokens[kind]!);
    expect([stub().asked(token), stub().of(token)]).toEqual([1, []]);
  });

  test('answers of 429, 500 and none hold up no other channel, and nothing is lost', async () => {
    const away = await awayDevice(...kinds);
    const token = away.tokens[kind]!;
    stub().fail();
    for (const title of ['one', 'two', 'three']) await push(away.cid, title);
    for (const other of kinds.filter((one) => one !== kind)) {
      await stubs[other].waitFor(away.tokens[other]!, 3);
    }
    expect(stub().of(token).length).toBeLessThan(3);
    await stub().waitFor(token, 3);
    expect(
      new Set(
        stub()
          .of(token)
          .map(({ title }) => title),
      ),
    ).toEqual(new Set(['one', 'two', 'three']));
    expect(stub().asked(token)).toBeGreaterThanOrEqual(6);
    const back = await RawDevice.open(system.run().sdk);
    await back.login(system.run().app.appId, away.credentials);
    const titles = [];
    for (let count = 0; count < 3; count++) titles.push(titleOf(await back.next('push')));
    expect(titles).toEqual(['one', 'two', 'three']);
    await back.end();
  });
});
