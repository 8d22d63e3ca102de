import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';

const root = resolve(import.meta.dirname, '../..');
const page = Array.from({ length: 150 }, (_, at) => `longwire_x_bucket{le="${at % 20}",call="${at}"} ${at}\n`).join('');

test('as a container starts it, an agent has less than 40 MB of its own', async () => {
  let pushes = 0;
  const server = createServer((request, response) => {
    if (request.method === 'POST') pushes++;
    request.resume();
    response.end(request.url === '/metrics' ? page : '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cache = mkdtempSync(join(tmpdir(), 'longwire-agent-'));
  const agent = spawn(process.execPath, [join(root, 'docker/service/start.ts')], {
    env: {
      ...{ LONGWIRE_ROLE: 'agent', LONGWIRE_TARGET_ROLE: 'cm', LONGWIRE_TARGET_URL: url, LONGWIRE_OPS_PORT: '0' },
      ...{ LONGWIRE_REMOTE_WRITE_URL: `${url}/write`, LONGWIRE_SCRAPE_MS: '1000', NODE_COMPILE_CACHE: cache },
    },
    stdio: 'ignore',
  });
  const ended = once(agent, 'exit');
  try {
    await waitFor('ten pushes', () => pushes >= 10, 30_000, 100);
    const map = readFileSync(`/proc/${agent.pid}/smaps_rollup`, 'utf8');
    const kilobytes = [...map.matchAll(/^Private_\w+: +(\d+) kB$/gm)].map(([, size]) => Number(size));
    expect(kilobytes.length).toBeGreaterThan(1);
    expect(kilobytes.reduce((sum, size) => sum + size, 0) / 1_024).toBeLessThan(40);
  } finally {
    agent.kill();
    await ended;
    server.close();
    rmSync(cache, { recursive: true });
  }
}, 60_000);
