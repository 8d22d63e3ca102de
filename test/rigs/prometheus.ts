import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Availability } from './maven.ts';
import { freePort, type Managed, startProcess, waitFor } from './process.ts';

const run = promisify(execFile);
const startLimitMs = 30_000;

export interface PrometheusServer {
  /** Where agents push to. */
  readonly remoteWriteUrl: string;
  /** The series that a query answers now, each with its labels and value. */
  query(query: string): Promise<{ labels: Record<string, string>; value: number }[]>;
  /** Readings of one series in the last seconds, `[ms, value]`. */
  readings(selector: string, seconds: number): Promise<[number, number][]>;
  /** Ends the process alone: `start` goes on with what it has. */
  end(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function prometheusAvailable(): Promise<Availability> {
  try {
    await run('prometheus', ['--version'], { timeout: startLimitMs });
    return { ok: true };
  } catch {
    return { ok: false, reason: 'needs Prometheus: none on the PATH runs' };
  }
}

interface QueryAnswer {
  data: { result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[] };
}

/** A Prometheus of one's own that takes remote_write, as the main service does. It scrapes nothing. */
export async function startPrometheus(): Promise<PrometheusServer> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-prometheus-'));
  const configFile = join(dir, 'prometheus.yml');
  writeFileSync(configFile, 'global: { scrape_interval: 15s }\n');
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  let process: Managed | undefined;

  async function start(): Promise<void> {
    process = await startProcess({
      command: 'prometheus',
      args: [
        ...[`--config.file=${configFile}`, `--storage.tsdb.path=${join(dir, 'data')}`],
        ...[`--web.listen-address=127.0.0.1:${port}`, '--web.enable-remote-write-receiver', '--log.level=warn'],
      ],
      logFile: join(dir, 'prometheus.log'),
    });
    await waitFor('Prometheus is ready', async () => (await fetch(`${base}/-/ready`)).ok, startLimitMs, 100);
  }

  async function ask(query: string): Promise<QueryAnswer['data']['result']> {
    const url = `${base}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${query}: ${await response.text()}`);
    return ((await response.json()) as QueryAnswer).data.result;
  }

  await start();
  return {
    remoteWriteUrl: `${base}/api/v1/write`,
    async query(query) {
      return (await ask(query)).map(({ metric, value }) => ({ labels: metric, value: Number(value![1]) }));
    },
    async readings(selector, seconds) {
      const [series, ...others] = await ask(`${selector}[${seconds}s]`);
      if (others.length > 0) throw new Error(`${selector} is more than one series`);
      return (series?.values ?? []).map(([at, value]) => [Math.round(at * 1_000), Number(value)]);
    },
    async end() {
      await process?.end('SIGTERM');
    },
    start,
    async stop() {
      await process?.end('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
