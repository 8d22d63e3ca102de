import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Role, roles } from '../../scripts/up/args.ts';
import { type Running, startRole } from '../../scripts/up/role-process.ts';
import { Ledger } from '../chaos/ledger.ts';
import { startLoad } from '../chaos/load.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { provideLine } from '../rigs/containers/images.ts';
import { databaseUrlOf, redisUrlOf } from '../rigs/containers/stores.ts';
import { type ContainerSystem, startContainers } from '../rigs/containers/system.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { freePort, waitFor } from '../rigs/process.ts';
import { Upstream } from '../rigs/upstream.ts';

const { host, reason } = inject('engine');
const root = resolve(import.meta.dirname, '../..');

/** As a line is moved from plain hosts into containers, step by step, each role runs as both for a while. */
describe.skipIf(host === '')(`processes of a plain host beside containers${reason && ` (${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'longwire-hosts-'));
  const processes: Running[] = [];
  const devices: StartedDevice[] = [];
  const upstreams: Upstream[] = [];
  const ops = {} as Record<Role, number>;
  const service = {} as Record<Role, number>;
  let system: ContainerSystem;

  beforeAll(async () => {
    const engine = connectEngine(host);
    await provideLine(engine, 'push');
    // Where a name of a container means nothing, a CM in one is found by its address.
    system = await startContainers(engine, {}, { line: 'push', extra: { byAddress: true } });
    // The host's own address on the line's network is one that both sides reach.
    const address = await system.fleet.gateway('push');
    for (const role of roles) [ops[role], service[role]] = [await freePort(), await freePort()];
    for (const role of roles) processes.push(await onHost(role, address));
    for (const role of roles) {
      const ready = `http://${address}:${ops[role]}/health/ready`;
      await waitFor(`${role} on the host is ready`, async () => (await fetch(ready)).ok, 60_000, 200);
    }
    const { app, sdk, api } = system.run();
    upstreams.push(await Upstream.open(system.run()));
    upstreams.push(await Upstream.open({ ...system.run(), api: `http://${address}:${service.im}` }));
    expect(api).not.toContain(address);
    const options = { appId: app.appId, appSecret: app.appSecret };
    for (const url of [sdk, `ws://${address}:${service.cm}/sdk/v1`]) {
      devices.push(...Array.from({ length: 10 }, () => startDevice({ ...options, url })));
    }
    await Promise.all(devices.map((device) => device.online(30_000)));
  });
  afterAll(async () => {
    await Promise.all(devices.map(({ device }) => device.close()));
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    for (const one of processes.reverse()) await one.end();
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As `deploy/systemd` starts it: the stores are the containers', the users' roles those of this host. */
  async function onHost(role: Role, address: string): Promise<Running> {
    const { fleet } = system;
    const config = system.line.configOf(role) as Record<string, unknown>;
    const here = {
      redisUrl: redisUrlOf(fleet),
      mysqlUrl: databaseUrlOf(fleet, 'longwire'),
      busKafkaBrokers: [system.processOf('kafka-1').url],
      userRedisUrl: `http://${address}:${service['user-redis']}`,
      userMysqlUrl: `http://${address}:${service['user-mysql']}`,
    };
    const own = Object.fromEntries(Object.entries(here).filter(([key]) => key in config));
    const common = { instance: `host-${role}`, host: address, port: service[role], opsPort: ops[role] };
    const file = join(folder, `${role}.json`);
    writeFileSync(file, JSON.stringify({ ...config, ...own, ...common }));
    return startRole({
      script: join(root, 'services', role, 'main.ts'),
      cwd: root,
      logFile: join(folder, `${role}.log`),
      env: { PATH: process.env['PATH'], LONGWIRE_CONFIG: file },
    });
  }

  test.each([0, 1])('pushes accepted by either kind arrive at devices of both, once, in order (%i)', async (which) => {
    const ledger = new Ledger(devices);
    for (const device of devices) device.pushes.length = 0;
    const stopLoad = startLoad(upstreams[which]!, devices, ledger, { everyMs: 5 });
    await waitFor('500 are accepted', () => ledger.accepted > 500, 60_000);
    await stopLoad();
    await waitFor('all that was accepted arrives', () => ledger.missing() === 0, 30_000, 100).catch(() => {});
    expect({ missing: ledger.missing(), ...ledger.faults() }).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0 });
  });

  test('the routers of both kinds have worked', async () => {
    const kept = await Promise.all(
      [system.processOf('im-1').metrics!, `http://${await system.fleet.gateway('push')}:${ops.im}/metrics`].map(routed),
    );
    for (const count of kept) expect(count).toBeGreaterThan(0);
  });
});

/** Batches that this instance's router has stored. */
async function routed(metrics: string): Promise<number> {
  const text = await (await fetch(metrics)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('longwire_router_batch_seconds_count'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
