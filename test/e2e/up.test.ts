import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startedFor, startOf } from '../../scripts/up/process-table.ts';
import { runCurl } from '../../scripts/up/testing/curl-arguments.ts';
import { waitFor } from '../rigs/process.ts';
import { freeBasePort, startSystem, type UpSystem } from '../rigs/system.ts';

const root = new URL('../../', import.meta.url).pathname;

/** Runs `up` to its end. */
function upOnce(args: string[]): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts/up/main.ts'), '--no-demo', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, errors })));
}

async function answersOk(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
}

describe('what up refuses, with one line', () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-up-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('an unknown flag', async () => {
    const { code, errors } = await upOnce(['--sacle', 'cm=2']);
    expect(code).toBe(1);
    expect(errors).toMatch(/^longwire: [^\n]*--sacle[^\n]*--scale[^\n]*\n$/);
  });

  test.each([0, 1, 2])('a port that is taken (base port + %d)', async (step) => {
    const basePort = await freeBasePort();
    const other = createServer().listen(basePort + step, '127.0.0.1');
    try {
      const { code, errors } = await upOnce(['--data', join(dir, 'ports'), '--port', String(basePort)]);
      expect(code).toBe(1);
      expect(errors).toMatch(new RegExp(`^longwire: port ${basePort + step} [^\\n]*--port[^\\n]*\\n$`));
    } finally {
      other.close();
    }
  });

  test('a data folder that cannot be made', async () => {
    const { code, errors } = await upOnce(['--data', '/dev/null/here']);
    expect(code).toBe(1);
    expect(errors).toMatch(/^longwire: \/dev\/null\/here [^\n]*--data[^\n]*\n$/);
  });
});

describe('a system on one data folder', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'longwire-up-'));
  let basePort: number;
  let system: UpSystem;

  beforeAll(async () => {
    basePort = await freeBasePort();
    system = await startSystem({ dataDir, basePort, scale: { cm: 2 } });
  });

  afterAll(async () => {
    await system?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('run.json names every process, and each role answers that it is ready', async () => {
    const { api, sdk, processes } = system.run();
    expect(api).toBe(`http://127.0.0.1:${basePort}`);
    expect(sdk).toBe(`ws://127.0.0.1:${basePort + 1}/sdk/v1`);
    expect(processes.map(({ instance }) => instance)).toEqual([
      ...['redis-1', 'mariadb-1', 'bus-redis-1', 'user-redis-1', 'user-mysql-1', 'im-1', 'cm-1', 'cm-2'],
    ]);
    for (const { pid, health, metrics, role } of processes) {
      expect(startOf(pid), role).toBeDefined();
      if (health) expect(await answersOk(health)).toBe(true);
      if (metrics) expect(await answersOk(metrics)).toBe(true);
    }
  });

  test('another up on the folder is refused', async () => {
    const { code, errors } = await upOnce(['--data', dataDir, '--port', String(await freeBasePort())]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^longwire: [^\n]* is in use by another up \(pid \d+\)[^\n]*\n$/);
  });

  test.each(['cm-2', 'redis-1', 'bus-redis-1'])(
    '%s is started again when it dies, and run.json follows',
    async (instance) => {
      const died = system.kill(instance);
      const after = await waitFor(
        `${instance} runs again`,
        () => system.processOf(instance).pid !== died && system.run(),
      );
      const others = after.processes.filter((one) => one.instance !== instance);
      expect(others).toHaveLength(7);
      await waitFor('all roles are ready again', async () => {
        const pages = system.run().processes.flatMap(({ health }) => (health ? [health] : []));
        return (await Promise.all(pages.map(answersOk))).every(Boolean);
      });
    },
  );

  test('SIGTERM takes everything down, and the next up continues with the data', async () => {
    const before = system.run();
    await system.stop();
    expect(await system.ended).toBe(0);
    expect(startedFor(dataDir)).toEqual([]);
    expect(() => system.run()).toThrow();

    system = await startSystem({ dataDir, basePort });
    expect(system.run().app).toEqual(before.app);
    const databaseOf = (run: typeof before) => new URL(run.processes.find(({ role }) => role === 'mariadb')?.url ?? '');
    expect(databaseOf(system.run()).password).toBe(databaseOf(before).password);
  });

  test('an up that was killed leaves nothing that keeps the next one from working', async () => {
    const before = system.run();
    await system.killUp();
    const left = before.processes.map(({ pid }) => pid);
    expect(startedFor(dataDir).sort()).toEqual(left.sort());

    system = await startSystem({ dataDir, basePort });
    const { app, processes } = system.run();
    expect(app).toEqual(before.app);
    const pids = processes.map(({ pid }) => pid);
    expect(startedFor(dataDir).sort()).toEqual(pids.sort());
    for (const pid of left) expect(pids).not.toContain(pid);
  });

  test('the printed curl line pushes to the demo device, which prints the message', async () => {
    await system.stop();
    system = await startSystem({ dataDir, basePort, demo: true });
    const command = await waitFor('the command is printed', () => /^curl .*$/m.exec(system.output())?.[0], 60_000);
    const answer = (await (await runCurl(command)).json()) as { code: number; data: Record<string, object> };
    expect(answer.code).toBe(0);
    const [task, statuses] = Object.entries(answer.data)[0] ?? ['', {}];
    expect(Object.values(statuses)).toEqual(['successed_online']);
    const line = new RegExp(`demo device got .*"Hello".*"from Longwire".*${task}`);
    await waitFor('the demo device prints it', () => line.test(system.output()));
  });

  test('a folder made for one bus is refused for the other', async () => {
    await system.stop();
    const { code, errors } = await upOnce(['--data', dataDir, '--bus', 'kafka', '--port', String(basePort)]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^longwire: [^\n]* belongs to bus redis[^\n]*\n$/);
  });
});
