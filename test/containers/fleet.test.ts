import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectEngine } from '../rigs/containers/engine.ts';
import { Fleet } from '../rigs/containers/fleet.ts';
import { providePublicImages, tagOf } from '../rigs/containers/public-images.ts';
import { waitFor } from '../rigs/process.ts';

const { host, reason } = inject('engine');

/** What tests of containers rely on, seen by the engine itself. */
describe.skipIf(host === '')(`a fleet of containers${reason && ` (${reason})`}`, () => {
  const engine = connectEngine(host);
  const image = tagOf('redis');
  let fleet: Fleet;

  beforeAll(async () => {
    await providePublicImages(engine, ['redis']);
    fleet = new Fleet(engine);
    await fleet.network('inner');
    await fleet.network('other');
    await fleet.network('outside', { internal: false });
    const hosts = [{ host: 'tests.internal', ipAddress: await fleet.gateway('outside') }];
    await fleet.start('server', { image, networks: { inner: ['first'], other: ['second', 'third'] }, hosts });
    await fleet.start('client', {
      image,
      networks: { inner: [] },
      locked: true,
      command: ['redis-server', '--save', ''],
    });
  });
  afterAll(() => fleet?.stop());

  const ping = (name: string): Promise<string> =>
    engine.docker(['exec', fleet.fullName('client'), 'redis-cli', '-h', name, 'ping']);
  const inspect = async (name: string) => JSON.parse(await engine.docker(['inspect', fleet.fullName(name)]))[0];

  test('each is on its networks alone, under its names there, and has what it was given', async () => {
    const { NetworkSettings, HostConfig } = await inspect('server');
    expect(Object.keys(NetworkSettings.Networks).sort()).toEqual(
      Object.keys(fleet.of('server').addresses).map(fleet.fullName).sort(),
    );
    expect(Object.keys(fleet.of('server').addresses).sort()).toEqual(['inner', 'other']);
    expect(HostConfig.ExtraHosts).toEqual([`tests.internal:${await fleet.gateway('outside')}`]);
    expect(await ping('first')).toBe('PONG\n');
    const locked = await inspect('client');
    expect(locked.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    });
    expect(locked.Config.User).toBe('20001:20001');
  });

  test('one that is killed comes back, and it is known as what', async () => {
    const { pid } = fleet.of('server');
    process.kill(pid, 'SIGKILL');
    await waitFor('another process', () => isAnother(pid), 30_000);
    expect((await inspect('server')).State.Pid).toBe(fleet.of('server').pid);
    await waitFor('it answers', async () => (await ping('first')) === 'PONG\n', 30_000);
  });

  const isAnother = (pid: number): boolean => fleet.of('server').pid !== pid;

  test('one is frozen, and cut off from its networks, for as long as it is to be', async () => {
    await fleet.pause('server');
    expect((await inspect('server')).State.Status).toBe('paused');
    await fleet.unpause('server');
    await fleet.cut('server');
    expect((await inspect('server')).NetworkSettings.Networks).toEqual({});
    await fleet.mend('server');
    await waitFor('it answers', async () => (await ping('first')) === 'PONG\n', 30_000);
  });

  test('one that is ended says how, and is gone', async () => {
    await fleet.start('ended', { image, networks: { inner: ['fourth'] } });
    await waitFor('it answers', async () => (await ping('fourth')) === 'PONG\n', 30_000);
    expect(await fleet.end('ended')).toBe(0);
    expect(fleet.names()).not.toContain('ended');
    await expect(inspect('ended')).rejects.toThrow('No such object');
  });

  test('nothing is left of a fleet that is stopped, whatever its containers were at', async () => {
    const failed = new Fleet(engine);
    await failed.network('inner');
    await failed.start('paused', { image, networks: { inner: [] } });
    await failed.pause('paused');
    await failed.start('restarts', { image, networks: { inner: [] }, command: ['sh', '-c', 'sleep 1; exit 1'] });
    const left = async (): Promise<string[]> => {
      const filter = ['--filter', `name=${failed.fullName('')}`, '--format', '{{.ID}}'];
      const [containers, networks] = [
        await engine.docker(['ps', '-a', ...filter]),
        await engine.docker(['network', 'ls', ...filter]),
      ];
      return `${containers}${networks}`.split('\n').filter(Boolean);
    };
    expect((await left()).length).toBeGreaterThanOrEqual(3);
    await failed.stop();
    expect(await left()).toEqual([]);
  });
});
