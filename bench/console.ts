import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDevice } from '../test/rigs/device.ts';
import { waitFor } from '../test/rigs/process.ts';
import { startSystem, type UpSystem } from '../test/rigs/system.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { cpuOf } from './processes.ts';

/**
 * What the console uses: `node bench/console.ts [--instances 20] [--pages 10] [--seconds 60]` (Node 26). A system with pages of
 * metrics beside its own, which are copies of those that its roles answer under load; first with nobody looking on, then with
 * overviews that are open, half of them with the topology too. Beside each what the idle roles use themselves: what they use more
 * than in a system without a console, which is measured before, is what it costs them to be read.
 */
const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '20' },
    pages: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '60' },
  },
});
const pages = Number(values.pages);
const seconds = Number(values.seconds);
const settleMs = 15_000;
const roles = ['im', 'cm', 'user-redis', 'user-mysql'];
/** The system's own: one of each role, and the console. */
const own = roles.length + 1;
const others = Math.max(0, Number(values.instances) - own);

/** Of each role, as it answers now; copies are of it with another name. */
const taken = new Map<string, string>();
const servers = Array.from({ length: others }, (_none, index) => {
  const role = roles[index % roles.length]!;
  const server = createServer((request, response) => {
    const page = taken.get(role) ?? `process_cpu_seconds_total{role="${role}",instance="x"} 0\n`;
    const answer = page.replaceAll(/instance="[^"]*"/g, `instance="${role}-copy-${index}"`);
    response.end(request.url === '/metrics' ? answer : '{"ok":true,"faults":{}}');
  });
  server.listen(0, '127.0.0.1');
  return { role, server };
});
await Promise.all(servers.map(({ server }) => server.listening || once(server, 'listening')));
const named = servers.map(({ role, server }) => `${role}=127.0.0.1:${(server.address() as AddressInfo).port}`);
const bare = await startSystem();
try {
  await takePages(bare);
  await use(bare, roles, 'without a console');
} finally {
  await bare.stop();
}
const system = await startSystem({ console: true, settings: [`console.instances=${named.join(',')}`] });
try {
  await takePages(system);
  const bytes = [...taken.values()].reduce((sum, page) => sum + page.length, 0) / roles.length;
  console.log(`${others + own} instances, pages of metrics of ${Math.round(bytes / 1_024)} KiB on average`);
  await use(system, ['console', ...roles], 'nobody looks on, the hour is kept');
  const stop = await look(system);
  await use(system, ['console', ...roles], `${pages} overviews and ${Math.floor(pages / 2)} topologies are open`);
  stop();
} finally {
  await system.stop();
  for (const { server } of servers) {
    server.closeAllConnections();
    server.close();
  }
}

/** Tells what the first instance of each of these roles uses. */
async function use({ processOf }: UpSystem, of: string[], what: string): Promise<void> {
  await sleep(settleMs);
  const pids = of.map((role) => processOf(`${role}-1`).pid);
  const before = pids.map((pid) => cpuOf(pid) ?? 0);
  await sleep(seconds * 1_000);
  const shares = pids.map((pid, index) => {
    const share = ((cpuOf(pid) ?? 0) - before[index]!) / seconds;
    return `${of[index]} ${(share * 100).toFixed(2)} %`;
  });
  console.log(`${what}, of a core over ${seconds} s: ${shares.join(', ')}`);
}

/** Pages of metrics after some pushes, so that every figure is there. */
async function takePages({ run, processOf }: UpSystem): Promise<void> {
  const { sdk, app } = run();
  const device = startDevice({ url: sdk, appId: app.appId, appSecret: app.appSecret });
  await device.online();
  const upstream = await Upstream.open(run());
  for (let n = 0; n < 200; n++) await upstream.push(device.cid(), `bench ${n}`);
  await device.waitForPushes(200);
  await upstream.close();
  device.device.close();
  for (const role of roles) taken.set(role, await (await fetch(processOf(`${role}-1`).metrics!)).text());
}

/** Opens pages as browsers do. @returns what closes them */
async function look({ run }: UpSystem): Promise<() => void> {
  const { url, user, password } = run().console!;
  const origin = new URL(url).origin;
  const response = await fetch(`${url}api/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ name: user, password }),
  });
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  const closing = new AbortController();
  let events = 0;
  const open = async (path: string): Promise<void> => {
    const stream = await fetch(`${url}api${path}/live`, { headers: { cookie }, signal: closing.signal });
    for await (const chunk of stream.body!) events += chunk.length > 10 ? 1 : 0;
  };
  const paths = Array.from({ length: pages }, (_none, n) => (n % 2 === 0 ? ['/overview', '/topology'] : ['/overview']));
  for (const path of paths.flat()) void open(path).catch(() => {});
  await waitFor('every page is shown something', () => events >= paths.flat().length, 30_000);
  return () => closing.abort();
}
