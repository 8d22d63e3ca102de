import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { encodeWriteRequest } from '../../services/agent/core/write-request.ts';
import { mainService } from '../../services/agent/edges/main-service.ts';
import { freePort, type Managed, startProcess, waitFor } from '../rigs/process.ts';
import { prometheusAvailable } from '../rigs/prometheus.ts';

const available = await prometheusAvailable();
const required = process.env['LONGWIRE_REQUIRE_PROMETHEUS'] === '1';
const root = resolve(import.meta.dirname, '../..');
/** Hashes of `agents-password` and `readers-password`. */
const users = `basic_auth_users:
  agents: $2b$05$abcdefghijklmnopqrstuuTHYiDqIT25OzV20daXyvpCntiKYFXty
  readers: $2b$05$abcdefghijklmnopqrstuubPOZuwbpTBFiZZj.bO5JHK36IWtunIO
`;

describe.skipIf(!available.ok && !required)(
  `a main service that asks who it is${available.ok ? '' : `: ${available.reason}`}`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'longwire-monitoring-'));
    let base: string;
    let prometheus: Managed;
    const reader = { authorization: `Basic ${btoa('readers:readers-password')}` };
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${base}${path}`, { headers, signal: AbortSignal.timeout(5_000) });
    const push = (user?: string, token?: string) =>
      mainService({ url: `${base}/api/v1/write`, user, token, deadlineMs: 5_000 })(
        compress(encodeWriteRequest([{ labels: [['__name__', 'pushed']], value: 1 }], Date.now())),
      );

    beforeAll(async () => {
      const port = await freePort();
      base = `http://127.0.0.1:${port}`;
      cpSync(join(root, 'monitoring'), dir, { recursive: true });
      const config = join(dir, 'prometheus.yml');
      const text = readFileSync(config, 'utf8');
      // It scrapes itself at its port of the cluster.
      writeFileSync(
        config,
        text.replace('localhost:9090', `127.0.0.1:${port}`).replace(/scrape_interval: \d+s/, 'scrape_interval: 1s'),
      );
      writeFileSync(join(dir, 'web/web.yml'), users);
      writeFileSync(join(dir, 'web/password'), 'readers-password');
      execFileSync('promtool', ['check', 'web-config', join(dir, 'web/web.yml')], { stdio: 'pipe' });
      const manifest = readFileSync(join(root, 'k8s/monitoring/prometheus.yaml'), 'utf8');
      const flags = [...manifest.matchAll(/^ +- (--(?:web|config|storage)\S+)$/gm)].map(([, flag]) =>
        flag!.replace('/etc/prometheus', dir).replace('=/prometheus', `=${dir}/data`),
      );
      prometheus = await startProcess({
        command: 'prometheus',
        args: [...flags, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
        logFile: join(dir, 'prometheus.log'),
      });
      await waitFor('Prometheus is ready', async () => (await ask('/-/ready', reader)).ok, 30_000, 100);
    });

    afterAll(async () => {
      await prometheus?.end('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    });

    test('it takes samples of agents that have the password, and of nobody else', async () => {
      expect(await push()).toMatchObject({ is: 'refused' });
      expect(await push(undefined, 'agents-password')).toMatchObject({ is: 'refused' });
      expect(await push('agents', 'readers-password')).toMatchObject({ is: 'refused' });
      expect(await push('agents', 'agents-password')).toMatchObject({ is: 'done' });
      expect((await ask('/api/v1/query?query=pushed')).status).toBe(401);
      const answer = await (await ask('/api/v1/query?query=pushed', reader)).json();
      expect(answer).toMatchObject({ data: { result: [{ value: [expect.anything(), '1'] }] } });
    });

    test('it scrapes itself, and what its probes and Grafana ask with is the same user', async () => {
      await waitFor(
        'a scrape of itself',
        async () => {
          const answer = (await (await ask('/api/v1/query?query=up', reader)).json()) as {
            data: { result: { value: [number, string] }[] };
          };
          return answer.data.result[0]?.value[1] === '1';
        },
        20_000,
        200,
      );
      const read = (path: string) => parse(readFileSync(join(root, 'monitoring', path), 'utf8'));
      const [scrape] = read('prometheus.yml').scrape_configs;
      const { username, password_file } = scrape.basic_auth;
      // Where k8s/monitoring mounts it: promtool takes a relative path for one beside the folder above its file's.
      expect(read('client.yml').basic_auth).toEqual({ username, password_file: `/etc/prometheus/${password_file}` });
      expect(read('grafana/datasources.yml').datasources[0]).toMatchObject({
        basicAuthUser: scrape.basic_auth.username,
      });
    });
  },
);
