import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../services/cm/metrics.ts';
import { Health } from '../../../services/common/health.ts';
import { createLog } from '../../../services/common/log.ts';
import { createRegistry } from '../../../services/common/metrics.ts';
import { createInternalApp, listen, serveOps } from '../../../services/common/rpc/app.ts';
import { Collector } from '../../../services/console/collector/collector.ts';
import { allSources, leaseSource } from '../../../services/console/collector/sources.ts';
import { InstancesFileReader } from '../../../services/console/edges/instances/instances-file.ts';
import { NamedHosts } from '../../../services/console/edges/instances/named-hosts.ts';
import { PageReader } from '../../../services/console/edges/instances/page-reader.ts';
import { freePort, waitFor } from '../../rigs/process.ts';

const log = createLog('test', 'test', 'error');

/** The ops port of a cm, as the role itself makes it. */
async function cmInstance(instance: string) {
  const registry = createRegistry('cm', instance);
  const health = new Health();
  const metrics = createMetrics(registry, () => ({ counts: () => ({ all: 3, live: 2 }), limit: 9 }));
  const faults: { ready?: string; live?: string } = {};
  health.addReady('bus', () => faults.ready);
  health.addLive('loop', () => faults.live);
  const app = createInternalApp(log);
  serveOps(app, health, registry);
  const port = await listen(app, '127.0.0.1', 0, false);
  onTestFinished(() => app.close());
  return { url: `http://127.0.0.1:${port}`, port, metrics, faults, stop: () => app.close() };
}

async function server(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function pageReader(): PageReader {
  const pages = new PageReader();
  onTestFinished(() => pages.close());
  return pages;
}

test('a look tells an instance that answers from one that is silent, and from one that is not there', async () => {
  const pages = pageReader();
  const { url, faults } = await cmInstance('cm-1');
  expect(await pages.look(url)).toMatchObject({ kind: 'answered', ready: true, live: true, faults: [] });
  faults.ready = 'away';
  expect(await pages.look(url)).toMatchObject({ kind: 'answered', ready: false, live: true, faults: ['bus: away'] });
  faults.live = 'stuck';
  expect(await pages.look(url)).toMatchObject({ kind: 'answered', ready: false, live: false });
  expect(await pages.look(`http://127.0.0.1:${await freePort()}`)).toEqual({ kind: 'refused' });
  const began = performance.now();
  const silent = await server(() => {});
  expect(await pages.look(silent)).toEqual({ kind: 'silent', why: 'no answer within 1000 ms' });
  expect(performance.now() - began).toBeLessThan(1_500);
});

test.each<[string, RequestListener]>([
  ['endless', (_request, response) => void response.end('#'.repeat(2_000_000))],
  ['no page of metrics', (_request, response) => void response.end('<html></html>')],
  ['a failure', (_request, response) => void response.writeHead(500).end()],
  ['cut off', (request) => void request.socket.destroy()],
])('an answer that is %s is none', async (_what, answer) => {
  expect(await pageReader().look(await server(answer))).toMatchObject({ kind: 'silent' });
});

test('instances come from leases, from names and from a file; a source that fails keeps what it knew', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-console-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'instances.json');
  const write = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write(JSON.stringify({ instances: [{ role: 'im', name: 'im-1', url: 'http://127.0.0.1:3' }] }));
  let away = false;
  const leases = leaseSource(async () => {
    if (away) throw new Error('away');
    return { nodes: [{ node: 'cm-1', boot: 'b', address: 'http://127.0.0.1:1' }] };
  });
  const names = new NamedHosts(
    ['user-redis=127.0.0.1:2', 'cm=127.0.0.1:1', 'user-mysql=localhost:4', 'im=[::1]:5'],
    Date.now,
  );
  const list = allSources({ leases, names, file: new InstancesFileReader(path) }, log);
  const first = await list();
  expect(first).toContainEqual({ role: 'cm', name: 'cm-1', url: 'http://127.0.0.1:1' });
  expect(first).toContainEqual({ role: 'user-redis', name: null, url: 'http://127.0.0.1:2' });
  expect(first).toContainEqual({ role: 'im', name: null, url: 'http://[::1]:5' });
  expect(first).toContainEqual({ role: 'im', name: 'im-1', url: 'http://127.0.0.1:3' });
  expect(first.some(({ role, url }) => role === 'user-mysql' && /127\.0\.0\.1|\[::1\]/.test(url))).toBe(true);
  expect(new Set(first.map(({ url }) => url)).size).toBe(first.length);
  away = true;
  write('{"instances": [{"role": "im"}]}');
  expect(await list()).toEqual(first);
  write(JSON.stringify({ instances: [] }));
  utimesSync(path, 1, 1);
  expect((await list()).some(({ name }) => name === 'im-1')).toBe(false);
});

test('pages that look on are shown each round; one that comes to a console at rest does not wait for its pace', async () => {
  const one = await cmInstance('cm-1');
  const pages = pageReader();
  const collector = new Collector({
    ...{ log, now: Date.now, everyMs: 100, idleEveryMs: 60_000 },
    targets: async () => [{ role: 'cm', name: null, url: one.url }],
    look: (url) => pages.look(url),
  });
  onTestFinished(() => collector.stop());
  collector.start();
  await waitFor('a first round', async () => (await collector.current()).overview.roles[1]!.instances.length === 1);
  const shown: (number | null)[] = [];
  const end = collector.watch(({ overview }) => shown.push(overview.rates.ackedPerS));
  const before = shown.length;
  one.metrics.acked.inc(1_000);
  await waitFor('rates', () => shown.length > before + 3 && (shown.at(-1) ?? 0) > 0);
  end();
  const stopped = shown.length;
  await collector.current();
  expect(shown.length).toBeLessThanOrEqual(stopped + 1);
  await one.stop();
  await waitFor(
    'it is gone',
    async () => (await collector.current()).overview.roles[1]!.instances[0]!.state === 'gone',
  );
  const { series } = collector.history(['ackedPerS', 'instancesReady']);
  expect(series.instancesReady!.length).toBe(series.ackedPerS!.length);
  expect(series.instancesReady!.length).toBeGreaterThan(0);
  expect(await collector.urlOf('cm', 'cm-1')).toBeUndefined();
});
