import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rule, rules } from '../../conformance/rules.ts';
import { ServerContext } from '../../conformance/server/context.ts';
import { Operator } from '../../conformance/server/operator.ts';
import { runServer } from '../../conformance/server/run-server.ts';
import { Upstream } from '../../conformance/server/upstream.ts';
import { playForServer } from '../../conformance/vectors/play.ts';
import { sequences } from '../../conformance/vectors/sequences.ts';
import { runFileOf } from '../../scripts/up/run-file.ts';
import { startFaultyServer } from '../rigs/conformance/faulty-server.ts';
import { serverFaults } from '../rigs/conformance/server-faults.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';

const root = resolve(import.meta.dirname, '../..');
/** Three take seconds each, and no fault here is theirs; the faulty server joins the fragments of the fourth. */
const leftOut = ['D36', 'D47', 'D48', 'D18'];
/** They disturb the system or take half a minute: beside a fault of one of them run these two. */
const disturbing = ['D19', 'D28', 'D29', 'D33', 'D65', 'D66', 'D94', 'D95'];
const quick = ['D28', 'D95'];
/** Addresses of loopback but one are limited as others are, to what the kit reaches. */
const settings = [
  'cm.heartbeatSeconds=4',
  'cm.addressLimitExempt=127.0.0.1',
  'cm.addressConnectionsPerSecond=1',
  'cm.addressConnectionBurst=400',
  'cm.maxConnections=300',
];

const ofServers = rules.filter(({ side }) => side === 'server');

let system: UpSystem;
beforeAll(async () => {
  system = await startSystem({ settings });
});
afterAll(() => system.stop());

/** What the kit tests. */
function targetOf(url = system.run().sdk) {
  const { api, app } = system.run();
  const { appId, appKey, masterSecret, appSecret } = app;
  return { url, api, appId, appKey, masterSecret, appSecret, maxFrameBytes: 16_384 };
}

function runKit(args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'conformance/main.ts'), 'server', ...args], { timeout: 170_000 });
  const run = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    run.stdout += data;
  });
  child.stderr.on('data', (data) => {
    run.stderr += data;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, ...run })));
}

describe('the conformance kit and cm', () => {
  test('KIT1 every rule is checked and holds, by the run file; the exit code says so', async () => {
    const { code, stdout, stderr } = await runKit(['--slow', '--run', join(system.dataDir, 'run.json')]);
    expect(stderr).toBe('');
    expect(stdout).toContain(`${ofServers.length} passed, 0 failed, 0 not checked`);
    expect(code).toBe(0);
  });

  test('KIT2 with addresses and credentials, some rules, as JSON', async () => {
    const { url, api, appId, appKey, masterSecret, appSecret } = targetOf();
    const flags = {
      url,
      api,
      'app-id': appId,
      'app-key': appKey,
      'master-secret': masterSecret,
      'app-secret': appSecret,
    };
    const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    const { code, stdout } = await runKit([...args, '--only', 'd12,D50,D95', '--json']);
    const document = JSON.parse(stdout) as { rules: object[] };
    expect(document).toMatchObject({ side: 'server', tested: url, passed: 2, failed: 0, notChecked: 1 });
    expect(document.rules.at(-1)).toMatchObject({ id: 'D95', reason: 'it needs an operator: give --run FILE' });
    expect(code).toBe(0);
  });

  test('KIT3 wrong options are named, exit code 2; a server that is not there is exit code 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'longwire-kit-'));
    try {
      const file = join(folder, 'run.json');
      expect(await runKit(['--run', file])).toMatchObject({ code: 2, stderr: expect.stringContaining('--run') });
      expect(await runKit(['--only', 'D101'])).toMatchObject({ code: 2, stderr: expect.stringContaining('D101') });
      writeFileSync(
        file,
        JSON.stringify({ api: 'http://127.0.0.1:9', sdk: 'ws://127.0.0.1:9/sdk/v1', app: targetOf() }),
      );
      expect(await runKit(['--run', file])).toMatchObject({ code: 1, stderr: expect.stringContaining('longwire: ') });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each(sequences.filter(({ binds }) => binds === 'server'))(
    'KIT4 cm does its steps of "$name"',
    async (sequence) => {
      const upstream = await Upstream.open(targetOf());
      const context = new ServerContext({ target: targetOf(), upstream, heartbeatMs: 4_000, slow: false, faults: [] });
      await playForServer(sequence, context).finally(() => context.end());
    },
  );
});

describe('a server that breaks one rule', () => {
  const faults = serverFaults('APP', 'SECRET').map(({ name, breaks }) => ({ name, breaks }));

  test('KIT5 there are ten at least, of different rules', () => {
    expect(new Set(faults.map(({ breaks }) => breaks[0])).size).toBeGreaterThanOrEqual(10);
  });

  test.each(faults)('KIT6 $name: the kit names $breaks', async ({ name, breaks }) => {
    const { appId, appSecret } = targetOf();
    const fault = serverFaults(appId, appSecret).find((one) => one.name === name)!;
    const server = await startFaultyServer(system.run().sdk, fault);
    const looked = ({ id }: Rule): boolean =>
      disturbing.includes(breaks[0]!)
        ? quick.includes(id) || breaks.includes(id)
        : !leftOut.includes(id) && !disturbing.includes(id);
    try {
      const results = await runServer({
        target: targetOf(server.url),
        operator: new Operator(runFileOf(system.dataDir)),
        rules: ofServers.filter(looked),
        slow: false,
        done: () => {},
      });
      const failed = results.flatMap(({ rule, outcome }) =>
        outcome.is === 'failed' ? [`${rule.id}: ${outcome.seen}`] : [],
      );
      expect(failed.map((line) => line.split(':')[0])).toEqual(breaks);
    } finally {
      await server.stop();
    }
  });
});
