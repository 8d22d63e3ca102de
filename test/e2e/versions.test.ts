import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '../../scripts/up/args.ts';
import { type Running, startRole } from '../../scripts/up/role-process.ts';
import { Ledger } from '../chaos/ledger.ts';
import { startLoad } from '../chaos/load.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { freePort, waitFor } from '../rigs/process.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';

const root = resolve(import.meta.dirname, '../..');
const archiving = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
const before = versionBefore();

/**
 * The version before, beside this one on the same stores, as during a roll-out: migrations of the new one have run. It is the last
 * one that has a tag, the parent commit where none has, or what `LONGWIRE_VERSION_BEFORE` names.
 */
describe.skipIf(before.commit === undefined)(`beside the version before (${before.commit ?? before.reason})`, () => {
  const sut = new SystemUnderTest();
  const folder = mkdtempSync(join(tmpdir(), 'longwire-before-'));
  const old: Running[] = [];
  const ops = {} as Record<Role, number>;
  let devices: StartedDevice[];

  beforeAll(async () => {
    mkdirSync(join(folder, 'code'));
    const archive = execFileSync('git', ['archive', before.commit!, 'services', 'package.json'], archiving);
    execFileSync('tar', ['-x', '-C', join(folder, 'code')], { input: archive });
    symlinkSync(join(root, 'node_modules'), join(folder, 'code/node_modules'));
    await sut.start({ bus: 'redis', scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 } });
    for (const role of roles) old.push(await startOld(role));
    for (const role of roles) {
      const ready = `http://127.0.0.1:${ops[role]}/health/ready`;
      await waitFor(`the old ${role} is ready`, async () => (await fetch(ready)).ok, 60_000, 100);
    }
    devices = Array.from({ length: 40 }, () => startDevice(sut.deviceOptions()));
    await Promise.all(devices.map((device) => device.online(30_000)));
  });
  afterAll(async () => {
    await Promise.all((devices ?? []).map(({ device }) => device.close()));
    for (const one of old.reverse()) await one.end();
    await sut.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With the environment of a new one, so that it shares its port. */
  async function startOld(role: Role): Promise<Running> {
    const environ = readFileSync(`/proc/${sut.system.processOf(`${role}-1`).pid}/environ`, 'utf8').split('\0');
    const pairs = environ
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    ops[role] = await freePort();
    const own = { LONGWIRE_INSTANCE: `old-${role}`, LONGWIRE_OPS_PORT: String(ops[role]) };
    return startRole({
      script: join(folder, 'code/services', role, 'main.ts'),
      cwd: join(folder, 'code'),
      logFile: join(folder, `${role}.log`),
      env: { ...Object.fromEntries(pairs), ...own },
    });
  }

  async function metricOfOld(role: Role, name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${ops[role]}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  test('pushes to one and to all go through both, once, in order', async () => {
    const ledger = new Ledger(devices);
    const stopLoad = startLoad(sut.upstream, devices, ledger, { everyMs: 5 });
    await waitFor('1,000 are accepted', () => ledger.accepted > 1_000, 60_000);
    await stopLoad();
    await waitFor('all that was accepted arrives', () => ledger.missing() === 0, 30_000, 100).catch(() => {});
    expect({ missing: ledger.missing(), ...ledger.faults() }).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0 });
    expect(await metricOfOld('cm', 'longwire_cm_connections')).toBeGreaterThan(0);
    expect(await metricOfOld('im', 'longwire_router_batch_seconds_count')).toBeGreaterThan(0);
    expect(await metricOfOld('user-redis', 'longwire_call_seconds_count')).toBeGreaterThan(0);
    expect(await metricOfOld('user-mysql', 'longwire_call_seconds_count')).toBeGreaterThan(0);
    for (const cm of ['cm-1', 'cm-2']) expect(await sut.metric(cm, 'longwire_cm_connections')).toBeGreaterThan(0);
  });
});

function versionBefore(): { commit?: string; reason?: string } {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  const named = process.env['LONGWIRE_VERSION_BEFORE'];
  for (const find of [
    () =>
      git('rev-parse', '--short', '--verify', `${named ?? git('describe', '--tags', '--abbrev=0', 'HEAD~1')}^{commit}`),
    () => git('rev-parse', '--short', '--verify', 'HEAD~1'),
  ]) {
    try {
      return { commit: find() };
    } catch {
      // No tag, or no history.
    }
  }
  return { reason: 'this checkout has no commit before its own' };
}
