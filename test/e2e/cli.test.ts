import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cliScript, runCli } from '../rigs/cli.ts';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';
import { Terminal } from '../rigs/terminal.ts';

describe('the command line and a system that is up', () => {
  let system: UpSystem;
  const home = mkdtempSync(join(tmpdir(), 'longwire-cli-'));
  beforeAll(async () => {
    system = await startSystem({ demo: true, scale: { cm: 2 } });
    await waitFor('the demo device is online', () => system.output().includes('A demo device is online'), 30_000);
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const cli = (...args: string[]) => runCli([...args, '--data', system.dataDir]);
  const cliJson = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    if (code !== 0) throw new Error(`${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };

  test('push "hello" reaches the demo device with nothing else typed', async () => {
    const { code, stdout } = await cli('push', 'hello');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^task +RASS_\d{4}_[0-9a-f]+\n/);
    await waitFor('the demo device has it', () => system.output().includes('got a message: "hello"'));
  });

  test('--wait shows how far it gets, and ends when it has arrived; the task tells the same later', async () => {
    const { code, stdout } = await cli('push', 'Look', '--title', 'News', '--wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(/for 1 → sent \d → arrived 1/);
    expect(stdout).toMatch(/it has arrived\n$/);
    const task = /RASS_\S+/.exec(stdout)![0];
    const shown = await cliJson<{ report: { total: { receive_num: number } } }>('task', 'show', task);
    expect(shown.report.total.receive_num).toBe(1);
    const { stdout: detail } = await cli('task', 'device', task, /device ([0-9a-f]{32})/.exec(stdout)![1]!);
    expect(detail).toMatch(/Z +target\n.*Z +sent\n.*Z +arrived\n/);
  });

  test('an answer that doesn’t come in time is a failure that says how far it got', async () => {
    const { code, stderr } = await cli('push', 'x', '--tag', 'nobody', '--wait', '--timeout', '1s');
    expect(code).toBe(1);
    expect(stderr).toMatch(/has not arrived everywhere within 1s: for 0/);
  });

  test('a scheduled push is shown and taken back', async () => {
    const { task } = await cliJson<{ task: string }>('push', 'later', '--schedule', '1h');
    expect((await cli('task', 'show', task)).stdout).toMatch(/schedule +do_not_send\n/);
    expect((await cli('task', 'cancel', task)).stdout).toContain('is cancelled');
    expect((await cli('task', 'show', task)).stdout).toMatch(/schedule +has_delete\n/);
  });

  test('the demo device is shown; blacklisted it gets nothing and taken off it may come again', async () => {
    const { devices } = await cliJson<{ devices: { cid: string; status: string }[] }>('device', 'show');
    expect(devices).toMatchObject([{ status: 'online', model: 'longwire-demo' }]);
    const cid = devices[0]!.cid;
    expect((await cli('device', 'blacklist', cid)).code).toBe(0);
    expect((await cliJson<{ devices: object }>('push', 'x')).devices).toEqual({ [cid]: 'blacklisted' });
    expect((await cli('device', 'unblacklist', cid)).code).toBe(0);
    await waitFor('it is off the list', async () => {
      const { devices: told } = await cliJson<{ devices: Record<string, string> }>('push', 'waiting');
      return told[cid] === 'successed_offline';
    });
    const queue = await cliJson<{ depth: number; messages: { task: string; body?: string }[] }>('device', 'queue');
    expect(queue.depth).toBeGreaterThan(0);
    expect(queue.messages[0]).not.toHaveProperty('body');
    expect((await cli('device', 'queue', '--bodies')).stdout).toContain('waiting');
  });

  test('a device is shown where it is connected; kicked it stops', async () => {
    const { sdk, app } = system.run();
    const started = startDevice({ url: sdk, appId: app.appId, appSecret: app.appSecret });
    onTestFinished(() => started.device.close());
    await started.online();
    const cid = started.cid();
    type Shown = { devices: { connection: { node: string; since: number } | null }[] };
    const connection = async () => (await cliJson<Shown>('device', 'show', cid)).devices[0]!.connection;
    const at = await connection();
    expect(at).toMatchObject({ node: expect.any(String), since: expect.any(Number) });
    expect((await cli('device', 'show', cid)).stdout).toMatch(/status +online at \S+ since \d{4}-/);
    expect((await cli('device', 'kick', cid)).stdout).toBe(`device ${cid} was disconnected from ${at!.node}\n`);
    await waitFor('it has stopped', () => started.device.state === 'stopped');
    await waitFor('it is not connected', async () => (await connection()) === null);
    expect((await cli('device', 'kick', cid)).stdout).toBe(`device ${cid} is not connected\n`);
  });

  test('task list has the newest tasks first, of a state if it is named', async () => {
    const { task } = await cliJson<{ task: string }>('push', 'listed', '--schedule', '2h');
    type Listed = { tasks: { task: string; state: string }[]; more: boolean };
    const scheduled = await cliJson<Listed>('task', 'list', '--state', 'scheduled');
    expect(scheduled.tasks).toContainEqual(expect.objectContaining({ task, state: 'scheduled' }));
    expect(await cliJson<Listed>('task', 'list', '--limit', '1')).toMatchObject({ tasks: [{}], more: true });
    expect((await cli('task', 'list')).stdout).toMatch(new RegExp(`^${task} .*scheduled .*0 of 0 arrived$`, 'm'));
    expect(await cli('task', 'list', '--limit', '0')).toMatchObject({
      code: 2,
      stderr: 'longwire: --limit: 0, allowed is a whole number from 1 to 200\n',
    });
  });

  test('another app is pushed to by its id alone, with credentials of user-mysql', async () => {
    const { app } = await cliJson<{ app: { appId: string } }>('app', 'create', 'shop');
    const { code, stderr } = await cli('push', 'x', '--app', app.appId);
    expect([code, stderr]).toEqual([2, expect.stringContaining('whom to push to is missing')]);
    expect((await cli('push', 'x', '--app', app.appId, '--all')).code).toBe(0);
    expect((await cli('push', 'x', '--app', 'nobody', '--all')).stderr).toBe('longwire: there is no app nobody\n');
  });

  test('tail tells what reports count, as it comes, until it is ended', async () => {
    const args = ['tail', '--json', '--every', '250ms', '--data', system.dataDir];
    const child = spawn(process.execPath, [cliScript, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    try {
      const lines = () =>
        output
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as { news: string });
      await waitFor('it says where it begins', () => lines().length > 0, 30_000);
      expect(lines()[0]).toMatchObject({ of: new Date().toISOString().slice(0, 10), news: '' });
      await cli('push', 'counted', '--all');
      await waitFor('it says what has come', () => lines().some(({ news }) => /\+\d+ for/.test(news)), 30_000);
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toBe(0);
  });

  test('top --once has every instance, ready, with figures', async () => {
    const { instances, totals } = await cliJson<{
      instances: { instance: string; state: string; memoryBytes: number }[];
      totals: { ready: number };
    }>('top', '--once');
    expect(instances.map(({ instance }) => instance).sort()).toEqual([
      'cm-1',
      'cm-2',
      'im-1',
      'user-mysql-1',
      'user-redis-1',
    ]);
    expect(totals.ready).toBe(5);
    for (const { memoryBytes } of instances) expect(memoryBytes).toBeGreaterThan(10_000_000);
    expect((await cli('top')).stderr).toBe('longwire: top: needs a terminal; allowed without one is --once\n');
  });

  test('top draws within a pseudo terminal of 80 × 24, q ends it, and the terminal is as before', async () => {
    const command = `stty cols 80 rows 24; "${process.execPath}" "${cliScript}" top --every 500ms --data "${system.dataDir}"`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '1' },
    });
    let screen = '';
    // A character may come in two pieces.
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      screen += chunk;
    });
    await waitFor('the table was drawn twice', () => screen.split('\x1b[H').length > 3, 30_000);
    child.stdin.write('q');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(screen).toContain('\x1b[?1049h');
    expect(screen.trimEnd().endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
    const terminal = new Terminal(80, 24);
    const [before, ...frames] = screen.split('\x1b[?25h\x1b[?1049l')[0]!.split('\x1b[H');
    terminal.write(before!);
    for (const frame of frames) {
      terminal.write(`\x1b[H${frame}`);
      expect(terminal.lines[0]).toMatch(/^\d\d:\d\d:\d\d UTC /);
      expect(terminal.lines.join('\n')).toMatch(/^user-mysql user-mysql-1 ready/m);
    }
    expect([terminal.wrapped, terminal.scrolled]).toEqual([0, 0]);
  });

  test('the doctor finds nothing wrong with it', async () => {
    // How this machine is set up and how busy it is, is not the system's.
    const ofMachine = ['open-files', 'somaxconn', 'redis-latency'];
    const look = async () => {
      const { code, stdout } = await cli('doctor', '--json');
      const { results } = JSON.parse(stdout) as { results: { check: string; state: string }[] };
      const found = results.filter(
        ({ check, state }) => ['wrong', 'weak'].includes(state) && !ofMachine.includes(check),
      );
      expect(found).toEqual([]);
      expect([0, 4]).toContain(code);
      return results.filter(({ state }) => state === 'fine').length;
    };
    // A machine that is busy with other tests may let an answer come too late.
    expect(await waitFor('it finds nothing', look, 90_000, 500)).toBeGreaterThan(40);
  });

  test('a profile and secrets on stdin open it as well', async () => {
    const { api, app } = system.run();
    const { appId, appKey, masterSecret } = app;
    mkdirSync(join(home, 'longwire'), { recursive: true });
    const file = join(home, 'longwire', 'profiles.json');
    writeFileSync(file, JSON.stringify({ live: { api, appId, appKey } }), { mode: 0o600 });
    const args = ['push', 'x', '--all', '--profile', 'live'];
    const env = { XDG_CONFIG_HOME: home };
    expect(await runCli(args, { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('masterSecret is not known'),
    });
    const stdin = JSON.stringify({ masterSecret });
    expect(await runCli([...args, '--secrets-stdin'], { env, stdin })).toMatchObject({ code: 0 });
    const twice = ['push', '--file', '-', '--all', '--profile', 'live', '--secrets-stdin'];
    expect(await runCli(twice, { env, stdin })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('beside --secrets-stdin'),
    });
    expect(await runCli(args, { env: { ...env, LONGWIRE_MASTER_SECRET: masterSecret } })).toMatchObject({ code: 2 });
  });

  test('a wrong secret is refused by the API, and is in nothing that is said', async () => {
    const { api, app } = system.run();
    const env = { LONGWIRE_API_URL: api, LONGWIRE_APP_ID: app.appId, LONGWIRE_APP_KEY: app.appKey };
    const { code, stderr } = await runCli(['push', 'x', '--all'], {
      env: { ...env, LONGWIRE_MASTER_SECRET: 'hunter2' },
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^longwire: the API refuses POST \/auth: 20001 [^\n]*\n$/),
    ]);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('exit codes without a system', () => {
  test('2: written wrong, also as JSON', async () => {
    const { code, stdout, stderr } = await runCli(['push', '--titel', 'x', '--json']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^longwire: --titel: is no option of push; allowed are [^\n]*\n$/),
    ]);
    expect(JSON.parse(stdout)).toEqual({ error: { exit: 2, message: stderr.slice('longwire: '.length, -1) } });
  });

  test('3: nothing is up, or nobody answers', async () => {
    expect(await runCli(['app', 'list', '--data', '/nonexistent'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^longwire: nothing is up in \/nonexistent; [^\n]*\n$/),
    });
    const env = { LONGWIRE_INTERNAL_SECRETS: 'a-secret-of-internal-calls' };
    const { code, stderr } = await runCli(['app', 'list', '--user-mysql', 'http://127.0.0.1:9'], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^longwire: user-mysql: [^\n]*; is the system up\?\n$/)]);
  });
});
