import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Compose, composeOn } from '../rigs/containers/compose.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import { npmrc } from '../rigs/containers/images.ts';
import { providePublicImages } from '../rigs/containers/public-images.ts';
import { freePort, waitFor } from '../rigs/process.ts';

const { host, reason } = inject('engine');
const run = promisify(execFile);
const project = resolve(import.meta.dirname, '../..');

/** The first whose BuildKit knows a context by name, which is how a service is built on its base. */
const leastVersion = 23;

interface Model {
  services: Record<string, { build?: object }>;
}

describe.skipIf(host === '')(`docker compose up --build${reason && ` (${reason})`}`, () => {
  const engine = connectEngine(host);
  const folder = mkdtempSync(`${tmpdir()}/longwire-build-`);
  const checkout = join(folder, 'longwire');
  let compose: Compose | undefined;
  let ports: Record<string, string>;

  beforeAll(async () => {
    await providePublicImages(engine, ['debian', 'node', 'redis', 'mysql', 'kafka']);
    await run('git', ['clone', '-q', project, checkout]);
    const names = ['API_PORT', 'DEVICE_PORT', 'CONSOLE_PORT'];
    ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])));
  });
  afterAll(async () => {
    await compose?.('down', '-v', '-t', '15');
    rmSync(folder, { recursive: true, force: true });
  });

  test('alone starts everything from a clean checkout, and the demo device prints what is pushed to it', async ({
    skip,
  }) => {
    const version = await engine.docker(['version', '-f', '{{.Server.Version}}']);
    skip(
      Number.parseInt(version, 10) < leastVersion,
      `the engine is ${version.trim()}, and builds one image on another from ${leastVersion} on`,
    );
    const plain = await composeOn(engine, ports, { checkout, files: ['compose.yaml'] });
    const { services } = JSON.parse(await plain('config', '--format', 'json')) as Model;
    // npm inside comes through this machine's network, and trusts whom this machine trusts.
    const overlay = join(folder, 'overlay.yaml');
    const built = Object.entries(services).filter(([, { build }]) => build);
    const build = { network: 'host', secrets: ['npmrc'] };
    writeFileSync(
      overlay,
      JSON.stringify({
        services: Object.fromEntries(built.map(([name]) => [name, { build }])),
        secrets: { npmrc: { file: npmrc(folder) } },
      }),
    );
    compose = await composeOn(engine, ports, { checkout, files: ['compose.yaml', overlay] });
    await compose('up', '--build', '-d', '--pull', 'never');
    const said = (): Promise<string> => compose!('logs', '--no-log-prefix', 'demo');
    const say = async (): Promise<string | undefined> => /^curl .*$/m.exec(await said())?.[0];
    const command = await waitFor('it says how to push', say, 180_000, 500);
    const { stdout } = await run('sh', ['-c', command]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 0 });
    await waitFor(
      'the device prints the push',
      async () => /Hello.*from Longwire/s.test((await said()).split(command)[1]!),
      20_000,
      300,
    );
  });
});
