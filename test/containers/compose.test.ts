import { exec } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Compose, composeOn } from '../rigs/containers/compose.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { buildIot, provideLine } from '../rigs/containers/images.ts';
import { freePort, waitFor } from '../rigs/process.ts';

const { host, reason } = inject('engine');
const run = promisify(exec);

describe.skipIf(host === '')(`docker compose up${reason && ` (${reason})`}`, () => {
  const engine = connectEngine(host);
  const folder = mkdtempSync(`${tmpdir()}/longwire-compose-`);
  let compose: Compose;
  let ports: Record<string, string>;

  beforeAll(async () => {
    await provideLine(engine, 'push');
    await buildIot(engine, folder);
    const names = ['API_PORT', 'DEVICE_PORT', 'IOT_API_PORT', 'IOT_DEVICE_PORT'];
    ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])));
    compose = await composeOn(engine, ports);
    await compose('--profile', 'iot', 'up', '-d', '--pull', 'never');
  });
  afterAll(async () => {
    await compose?.('--profile', 'iot', 'down', '-v', '-t', '15');
    rmSync(folder, { recursive: true, force: true });
  });

  const said = (): Promise<string> => compose('logs', '--no-log-prefix', 'demo');
  /** Asks from within, as the pages of health are published nowhere. */
  const ready = async (line: string, role: string): Promise<boolean> => {
    const asking = `fetch('http://127.0.0.1:7100/health/ready').then((page) => process.exit(page.ok ? 0 : 1))`;
    const container = `${compose.project}-${line}-${role}-1`;
    return engine.docker(['exec', container, 'node', '-e', asking]).then(
      () => true,
      () => false,
    );
  };

  test('brings the demo: the command that it prints pushes to the device, which prints the push', async () => {
    const command = await waitFor(
      'it says how to push',
      async () => /^curl .*$/m.exec(await said())?.[0],
      180_000,
      500,
    );
    const { stdout } = await run(command);
    expect(JSON.parse(stdout)).toMatchObject({ code: 0 });
    await waitFor(
      'the device prints the push',
      async () => /Hello.*from Longwire/s.test((await said()).split(command)[1]!),
      20_000,
      300,
    );
  });

  test.each(['push', 'iot'])('every role of line %s is ready', async (line) => {
    for (const role of ['cm', 'im', 'user-redis', 'user-mysql', 'console']) {
      await waitFor(`${line}-${role} is ready`, () => ready(line, role), 120_000, 500);
    }
  });

  test('what is started again has its secrets and data still', async () => {
    const before = /appId (\S+)/.exec(await said())![1]!;
    await compose('--profile', 'iot', 'down', '-t', '15');
    await compose('up', '-d', '--pull', 'never');
    await waitFor('the demo is back', async () => /^curl .*$/m.exec(await said())?.[0], 180_000, 500);
    expect(await said()).toContain(before);
  });
});
