import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Certificate, selfSignedCertificate } from '../rigs/certificate.ts';
import { connectEngine } from '../rigs/containers/engine.ts';
import {
  baseTag,
  buildBase,
  buildIot,
  buildLoad,
  buildService,
  bytesOf,
  layersOf,
  lines,
  loadTag,
  programs,
  serviceTag,
} from '../rigs/containers/images.ts';
import { waitFor } from '../rigs/process.ts';

const { host, reason } = inject('engine');
const root = resolve(import.meta.dirname, '../..');
const megabyte = 1_000_000;
const everyImage = lines.flatMap((line) => programs.map((role) => ({ line, role })));

describe.skipIf(host === '')(`images${reason && ` (${reason})`}`, () => {
  const engine = connectEngine(host);
  const folder = mkdtempSync(join(tmpdir(), 'longwire-images-'));
  let certificate: Certificate;

  beforeAll(async () => {
    certificate = await buildIot(engine, folder);
    await buildBase(engine, 'push');
    for (const role of programs) await buildService(engine, 'push', role);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs Node in an image and answers what it printed. */
  const node = (tag: string, script: string, ...options: string[]): Promise<string> =>
    engine.docker(['run', '--rm', '--network', 'none', ...options, '--entrypoint', 'node', tag, '-e', script]);

  test('every role is built on every base; the iot base is the smaller one', async () => {
    expect(lines).toEqual(['iot', 'push']);
    const sizes: Record<string, number> = {};
    for (const tag of [...lines.map(baseTag), ...everyImage.map(({ line, role }) => serviceTag(line, role))]) {
      sizes[tag] = await bytesOf(engine, tag);
    }
    process.stdout.write(`${JSON.stringify(sizes, null, 2)}\n`);
    expect(sizes[baseTag('iot')]).toBeLessThan(sizes[baseTag('push')]! - 50 * megabyte);
  });

  test('a line changed in one role changes one layer of under 5 MB, and nothing of another role', async () => {
    const context = join(folder, 'changed');
    mkdirSync(join(context, 'docker'), { recursive: true });
    const files = ['package.json', 'package-lock.json', 'tsconfig.json', '.dockerignore'];
    for (const path of [...files, 'docker/service', 'services', 'sdk/src']) {
      cpSync(join(root, path), join(context, path), { recursive: true, preserveTimestamps: true });
    }
    const before = await layersOf(engine, serviceTag('push', 'cm'));
    const other = await layersOf(engine, serviceTag('push', 'im'));
    const changed = join(context, 'services/cm/gateway.ts');
    writeFileSync(changed, `${readFileSync(changed, 'utf8')}// One line more.\n`);
    await buildService(engine, 'push', 'cm', { context, tag: 'longwire/changed-cm' });
    await buildService(engine, 'push', 'im', { context, tag: 'longwire/changed-im' });
    const after = await layersOf(engine, 'longwire/changed-cm');
    const fresh = after.filter(({ digest }) => !before.some((layer) => layer.digest === digest));
    process.stdout.write(`new layers: ${JSON.stringify(fresh)} of ${JSON.stringify(after)}\n`);
    expect(fresh).toHaveLength(1);
    expect(fresh[0]).toBe(after.at(-1));
    expect(fresh[0]!.bytes).toBeLessThan(5 * megabyte);
    expect(await layersOf(engine, 'longwire/changed-im')).toEqual(other);
  });

  test('the load tool starts in an image of its own, which nothing is written to', async () => {
    await buildLoad(engine);
    const locked = ['--read-only', '--cap-drop', 'ALL', '--user', '20001:20001', '--network', 'none'];
    expect(await engine.docker(['run', '--rm', ...locked, loadTag, '--help'])).toContain('npm run load -- [options]');
  });

  test('images have production dependencies alone, no tests, and their own role', async () => {
    const listed = `const { readdirSync } = require('node:fs');
      const all = readdirSync('/app', { recursive: true });
      console.log(JSON.stringify({ top: readdirSync('/app'), services: readdirSync('/app/services'),
        packages: readdirSync('/app/node_modules'), tests: all.filter((f) => !/node_modules/.test(f) && /\\.test\\.ts$|testing/.test(f)) }))`;
    for (const line of lines) {
      const found = JSON.parse(await node(serviceTag(line, 'cm'), listed));
      expect(found.top.sort()).toEqual(['docker', 'node_modules', 'package.json', 'services']);
      expect(found.services.sort()).toEqual(['cm', 'common', 'node-flags']);
      expect(found.packages).toContain('ws');
      for (const name of ['vitest', 'typescript', '@biomejs', 'node', 'playwright-core']) {
        expect(found.packages).not.toContain(name);
      }
      expect(found.tests).toEqual([]);
    }
  });

  test('they say what they are, and run as a numeric user', async () => {
    for (const { line, role } of everyImage) {
      const [image] = JSON.parse(await engine.docker(['image', 'inspect', serviceTag(line, role)]));
      expect(image.Config.User).toBe('10001:10001');
      expect(image.Config.Entrypoint).toEqual(['node', '/app/docker/service/start.ts']);
      expect(image.Config.Healthcheck.Test[0]).toBe('CMD');
      expect(image.Config.Labels).toMatchObject({
        'org.opencontainers.image.title': `longwire-${role}`,
        'org.opencontainers.image.version': '0.1.0',
      });
    }
  });

  test('iot has no shell and no package manager', async () => {
    for (const program of ['/bin/sh', '/bin/bash', '/usr/bin/apt-get', '/usr/local/bin/npm']) {
      expect(await node(baseTag('iot'), `console.log(require('node:fs').existsSync('${program}'))`)).toBe('false\n');
    }
    await expect(engine.docker(['run', '--rm', '--network', 'none', baseTag('iot'), 'sh'])).rejects.toThrow('sh');
  });

  test('iot trusts its internal authority alone, and speaks TLS 1.3 alone', async () => {
    const other = selfSignedCertificate();
    const connecting = `const tls = require('node:tls');
      const { cert, key, max } = JSON.parse(process.env.SERVER);
      const server = tls.createServer({ cert, key, ciphers: 'DEFAULT', minVersion: 'TLSv1.2', maxVersion: max }, (s) => s.end());
      server.listen(0, '127.0.0.1', () => {
        const socket = tls.connect({ host: '127.0.0.1', port: server.address().port }, () => end(socket.getProtocol()));
        socket.on('error', (error) => end(error.code));
        const end = (text) => { console.log(text); process.exit(); };
      });`;
    const outcome = (tag: string, pair: object, max = 'TLSv1.3'): Promise<string> =>
      node(tag, connecting, '-e', `SERVER=${JSON.stringify({ ...pair, max })}`).then((text) => text.trim());
    expect(await outcome(baseTag('iot'), certificate)).toBe('TLSv1.3');
    expect(await outcome(baseTag('iot'), other)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await outcome(baseTag('iot'), certificate, 'TLSv1.2')).toMatch(/^ERR_SSL_.*PROTOCOL_VERSION$/);
    expect(await outcome(baseTag('push'), certificate)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  test('without its secrets a container ends with a line for each, and code 78', async () => {
    const run = engine.docker(['run', '--rm', '--network', 'none', serviceTag('iot', 'cm')]);
    const { message, cause } = await run.then(
      () => new Error('it ended well'),
      (error: Error) => error,
    );
    expect(cause).toMatchObject({ code: 78 });
    for (const key of ['internalSecrets', 'identityKeys']) {
      expect(message).toContain(`cm: configuration: ${key}: is required`);
    }
  });

  test('a base that is not there, and a role that is none, fail the build with a line that names it', async () => {
    const build = (base: string, role: string): Promise<string> => {
      const args = ['--build-arg', `BASE=${base}`, '--build-arg', `SERVICE=${role}`, '--network', 'host'];
      return engine.docker(['build', '-f', join(root, 'docker/service/Dockerfile'), ...args, root]);
    };
    await expect(build('longwire/base-nope:0.1.0', 'cm')).rejects.toThrow('longwire/base-nope:0.1.0');
    await expect(build('', 'cm')).rejects.toThrow('BASE');
    await expect(build(baseTag('push'), 'nope')).rejects.toThrow('services/nope');
    await expect(build(baseTag('push'), '')).rejects.toThrow('services/main.ts');
  });

  test.each(everyImage)(
    '$line-$role runs with a read-only root, no capability and another user, is live without stores, and stops on SIGTERM in time',
    async ({ line, role }) => {
      const name = `alone-${line}-${role}`;
      const secret = 'a-secret-of-sixteen-or-more';
      const env = { INTERNAL_SECRETS: secret, IDENTITY_KEYS: secret, TOKEN_KEYS: secret, GRACE_MS: '8000' };
      const agent = { TARGET_ROLE: 'cm', REMOTE_WRITE_URL: 'http://127.0.0.1:1/api/v1/write' };
      const given = Object.entries({ ...env, ...agent, MYSQL_URL: 'mysql://u:p@127.0.0.1:1/x' });
      await engine.docker([
        ...[
          'run',
          '-d',
          '--name',
          name,
          '--network',
          'none',
          '--read-only',
          '--cap-drop',
          'ALL',
          '--user',
          '20001:20001',
        ],
        ...['--security-opt', 'no-new-privileges', '--health-interval', '1s'],
        ...given.flatMap(([key, value]) => ['-e', `LONGWIRE_${key}=${value}`]),
        serviceTag(line, role),
      ]);
      const state = async (format: string): Promise<string> =>
        (await engine.docker(['inspect', '-f', format, name])).trim();
      await waitFor('it is healthy', async () => (await state('{{.State.Health.Status}}')) === 'healthy', 60_000, 500);
      const start = Date.now();
      await engine.docker(['stop', '-t', '20', name]);
      const tookMs = Date.now() - start;
      expect(await state('{{.State.ExitCode}}')).toBe('0');
      expect(tookMs).toBeLessThan(10_000);
      process.stdout.write(`${name} stopped in ${tookMs} ms\n`);
      await engine.docker(['rm', name]);
    },
  );
});
