import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaDevices, javaHarnessAvailable } from '../rigs/java-devices.ts';
import { waitFor } from '../rigs/process.ts';
import { startRepeatingServer } from '../rigs/repeating-server.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';

const java = await javaHarnessAvailable();
const required = process.env['LONGWIRE_REQUIRE_JAVA'] === '1';
const deviceCount = 50;
const pushCount = 2_000;
const workers = 10;
const repeatedDevices = 20;
/** Twice each, as one that came back is another process. */
const victims = ['cm-1', 'im-1', 'cm-2', 'im-2', 'cm-1', 'im-1', 'cm-2', 'im-2'];

describe.skipIf(!java.ok && !required)(`The Java SDK${java.ok ? '' : ` (${java.reason})`}`, () => {
  const sut = new SystemUnderTest();
  const folder = mkdtempSync(join(tmpdir(), 'longwire-java-devices-'));
  let devices: JavaDevices;

  beforeAll(async () => {
    await sut.start({ bus: 'redis', scale: { cm: 2, im: 2 } });
    devices = await JavaDevices.start();
  });
  afterAll(async () => {
    await devices?.stop();
    await sut.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (name: string, url = sut.deviceOptions().url): Promise<void> =>
    devices.command(name, 'start', {
      ...sut.deviceOptions(),
      url,
      state: join(folder, name),
      tuning: { minBackoffMs: 50, maxBackoffMs: 500 },
    });

  /** Pushes of one device follow each other; devices go side by side. */
  async function push(names: string[], from: number, count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: workers }, async (_, worker) => {
        for (let number = from; number < from + count; number++) {
          const name = number % names.length;
          if (name % workers === worker) await sut.upstream.push(devices.device(names[name]!).cid, `m${number}`);
        }
      }),
    );
  }

  const expected = (index: number, of: number, total: number): string[] =>
    Array.from({ length: total / of }, (_, round) => `m${index + round * of}`);

  async function arrived(names: string[], total: number): Promise<void> {
    const each = total / names.length;
    await waitFor(
      'all arrive',
      () => names.every((name) => devices.device(name).pushes.length >= each),
      60_000,
      100,
    ).catch((error: unknown) => {
      const counts = names.map((name) => devices.device(name).pushes.length).join(' ');
      throw new Error(`pushes by device: ${counts}\n${devices.said}`, { cause: error });
    });
    for (const [index, name] of names.entries()) {
      expect(devices.device(name).texts).toEqual(expected(index, names.length, total));
    }
  }

  it('2,000 pushes to 50 devices arrive each once and in order while every cm and im is killed twice', async () => {
    const names = Array.from({ length: deviceCount }, (_, index) => `killed-${index}`);
    await Promise.all(names.map((name) => start(name)));
    await Promise.all(names.map((name) => devices.device(name).connected(60_000)));
    const share = pushCount / victims.length;
    for (const [turn, victim] of victims.entries()) {
      const pid = sut.system.kill(victim);
      await push(names, turn * share, share);
      await sut.backAgain(victim, pid);
    }
    await arrived(names, pushCount);
    // Each lost its connection at least once, and none became another device.
    for (const name of names) expect(devices.device(name).cids).toHaveLength(1);
    await Promise.all(names.map((name) => devices.command(name, 'stop')));
  });

  it('what comes again, while it is in hand or after it was finished, reaches the app no second time', async () => {
    const names = Array.from({ length: repeatedDevices }, (_, index) => `repeated-${index}`);
    const total = 5 * names.length;
    const server = await startRepeatingServer(sut.deviceOptions().url);
    const cameTimes = (times: number) => (): boolean =>
      Array.from({ length: total }, (_, number) => `m${number}`).every((text) => (server.came.get(text) ?? 0) >= times);
    try {
      await Promise.all(names.map((name) => start(name, server.url)));
      await Promise.all(names.map((name) => devices.device(name).connected()));
      await Promise.all(names.map((name) => devices.command(name, 'hold')));
      await push(names, 0, total);
      await waitFor('all come, and one of each device is in hand', cameTimes(1));
      // Nothing is finished: the server sends all again, to devices that have it in their queues.
      server.cut();
      await waitFor('all come again', cameTimes(2));
      // And once more: that reaches devices when they have finished all.
      server.hold();
      server.cut();
      await waitFor('all come a third time', cameTimes(3));
      await Promise.all(names.map((name) => devices.command(name, 'release')));
      await waitFor('all is finished', () => server.allFinished());
      server.release();
      await push(names, total, names.length);
      await arrived(names, total + names.length);
      await Promise.all(names.map((name) => devices.command(name, 'stop')));
    } finally {
      await server.stop();
    }
  });

  it('apps that stop and start anew get each message once and in order', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `anew-${index}`);
    await Promise.all(names.map((name) => start(name)));
    await Promise.all(names.map((name) => devices.device(name).connected()));
    for (let turn = 0; turn < 4; turn++) {
      const pushing = push(names, turn * 50, 50);
      await Promise.all(names.map((name) => devices.command(name, 'stop')));
      await Promise.all(names.map((name) => start(name)));
      await pushing;
    }
    await arrived(names, 200);
    for (const name of names) expect(new Set(devices.device(name).cids).size).toBe(1);
  });

  it('a process that is killed while a message is in hand gets that message again, and nothing that was finished', async () => {
    await start('dies');
    const dies = devices.device('dies');
    await dies.connected();
    const { cid } = dies;
    await sut.upstream.push(cid, 'one');
    await waitFor('it arrives', () => dies.pushes.length === 1);
    await devices.command('dies', 'hold');
    await sut.upstream.push(cid, 'two');
    await waitFor('it arrives', () => dies.pushes.length === 2);
    await devices.command('dies', 'crash');
    await sut.upstream.push(cid, 'three');
    await start('dies');
    await waitFor('the rest arrives', () => dies.pushes.length === 4);
    expect(dies.texts).toEqual(['one', 'two', 'two', 'three']);
    expect(dies.cid).toBe(cid);
  });

  it('events are counted once, also those of a process that was killed before they were confirmed', async () => {
    await start('counts');
    const counts = devices.device('counts');
    await counts.connected();
    const task = await sut.upstream.push(counts.cid, 'seen');
    const [message] = await waitFor('it arrives', () => counts.pushes.length === 1 && counts.pushes);
    const event = (action: string) => devices.command('counts', 'event', { task, id: message!.id, action });
    await event('shown');
    const cms = ['cm-1', 'cm-2'].map((cm) => [cm, sut.system.kill(cm)] as const);
    await waitFor('the connection is gone', () => counts.status !== 'connected');
    await event('clicked');
    await event('clicked');
    const { length } = await waitFor('they are stored', () => stored('counts').length >= 2 && stored('counts'));
    expect(length).toBeLessThanOrEqual(3);
    await devices.command('counts', 'crash');
    for (const [cm, pid] of cms) await sut.backAgain(cm, pid);
    await start('counts');
    await waitFor('all are confirmed', () => stored('counts').length === 0, 30_000);
    const total = async () => (await sut.upstream.report([task]))[task]?.total;
    await waitFor('they are counted', async () => (await total())?.['click_num'] === 1, 15_000, 200);
    expect(await total()).toMatchObject({ receive_num: 1, display_num: 1, click_num: 1 });
  });

  it('an alias and tags lead to the device, and logging out tells the server', async () => {
    await start('named');
    const named = devices.device('named');
    await named.connected();
    await devices.command('named', 'alias', { op: 'bind', alias: 'java' });
    await devices.command('named', 'tags', { set: ['jvm', 'beta'] });
    const body = { ...sut.upstream.pushBody('', 'by alias'), audience: { alias: ['java'] } };
    expect((await sut.upstream.call('POST', '/push/single/alias', body)).code).toBe(0);
    await waitFor('it arrives', () => named.texts.includes('by alias'));
    await devices.command('named', 'alias', { op: 'unbind', alias: 'java' });
    await expect(devices.command('named', 'alias', { op: 'bind', alias: ' ' })).rejects.toThrow(
      'call_refused: bad_frame',
    );
    await devices.command('named', 'logout');
    expect([named.status, named.reason]).toEqual(['stopped', 'logout']);
  });

  function stored(name: string): unknown[] {
    const { events } = JSON.parse(readFileSync(join(folder, name, 'events.json'), 'utf8')) as { events: unknown[] };
    return events;
  }
});
