import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectEngine } from '../rigs/containers/engine.ts';
import { provideLine } from '../rigs/containers/images.ts';
import { ports } from '../rigs/containers/line.ts';
import { type ContainerSystem, startContainers } from '../rigs/containers/system.ts';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { Upstream } from '../rigs/upstream.ts';

const { host, reason } = inject('engine');

describe.skipIf(host === '')(`what may be wrong with containers${reason && ` (${reason})`}`, () => {
  let system: ContainerSystem;
  let upstream: Upstream;

  beforeAll(async () => {
    const engine = connectEngine(host);
    await provideLine(engine, 'push');
    system = await startContainers(engine);
    upstream = await Upstream.open(system.run());
  });
  afterAll(async () => {
    await upstream?.close();
    await system?.stop();
  });

  async function health(name: string, page: 'live' | 'ready'): Promise<{ status: number; text: string }> {
    const address = system.fleet.of(name).addresses['push'];
    const answer = await fetch(`http://${address}:${ports.ops}/health/${page}`, { signal: AbortSignal.timeout(2_000) });
    return { status: answer.status, text: await answer.text() };
  }

  test.each([
    { role: 'user-redis', env: 'REDIS_URL', url: 'redis://nowhere:6379/0', says: 'Redis' },
    { role: 'user-mysql', env: 'MYSQL_URL', url: 'mysql://u:p@nowhere:3306/x', says: 'MySQL' },
  ] as const)(
    'a store that $role can not reach: a line in the log, live, not ready, no restart',
    async ({ role, env, url, says }) => {
      const name = `${role}-lost`;
      await system.line.add(role, name, { env: { [`LONGWIRE_${env}`]: url } });
      const { pid } = system.fleet.of(name);
      const { text } = await waitFor(
        'it says that it is not ready',
        async () => {
          const page = await health(name, 'ready').catch(() => undefined);
          return page?.status === 503 && page;
        },
        30_000,
      );
      expect(text.toLowerCase()).toContain(says.toLowerCase());
      expect((await health(name, 'live')).status).toBe(200);
      const said = async (): Promise<string[]> =>
        (await system.fleet.logs(name, 200)).split('\n').filter((line) => /"level":"(warn|error)"/.test(line));
      const lines = await waitFor(
        'it says so in its log',
        async () => (await said()).length > 0 && said(),
        30_000,
        200,
      );
      process.stdout.write(`${name}: ${lines.length} lines of trouble, the first ${lines[0]?.slice(0, 300)}\n`);
      expect(lines[0]!.toLowerCase()).toContain(says.toLowerCase());
      expect(system.fleet.of(name).pid).toBe(pid);
      await system.fleet.end(name);
    },
  );

  test("a pod's address that another pod has now: that one refuses what is not for it, and the message waits for its device", async () => {
    const { sdk: url, app } = system.run();
    const device = startDevice({ url, appId: app.appId, appSecret: app.appSecret });
    await device.online();
    // It gets the address of the one that goes, whose lease still holds.
    await system.add('cm', 'cm-2', { names: ['cm-1'] });
    const others = Array.from({ length: 4 }, () => startDevice({ url, appId: app.appId, appSecret: app.appSecret }));
    await Promise.all(others.map((other) => other.online(30_000)));
    expect(await metric('cm-2', 'longwire_cm_connections')).toBeGreaterThan(0);
    await system.fleet.cut('cm-1');
    await upstream.push(device.cid(), 'for the one that was there');
    await waitFor('it was asked to deliver, and refused', async () => (await refusals('cm-2')) > 0, 30_000);
    await device.device.close();
    const back = startDevice({ url, appId: app.appId, appSecret: app.appSecret, storage: device.storage });
    const pushes = await back.waitForPushes(1, 30_000);
    expect([...device.pushes, ...pushes].map((push) => push.transmission)).toEqual(['for the one that was there']);
    for (const other of others) expect(other.pushes).toEqual([]);
    for (const one of [...others, back]) await one.device.close();
  });

  /** Deliveries that it answered as meant for another boot. */
  const refusals = (name: string): Promise<number> =>
    metric(name, 'longwire_call_seconds_count', ['call="deliver"', 'outcome="failed"']);

  async function metric(instance: string, name: string, labels: string[] = []): Promise<number> {
    const text = await (await fetch(system.processOf(instance).metrics!)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(name) && labels.every((label) => line.includes(label)));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
});
