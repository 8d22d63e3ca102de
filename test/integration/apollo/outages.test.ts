import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { folder, rigOf, startRole, warnings } from './fixtures.ts';

describe('servers that are away', () => {
  test('one of three dead: starts, changes and logs are as ever, whichever it is', async () => {
    const rig = await rigOf();
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    const roles = await Promise.all(Array.from({ length: 6 }, () => startRole(rig.env())));
    await waitFor('all poll', () => rig.polling === 6);
    for (const dead of [0, 1, 2]) {
      await rig.kill(dead);
      const greeting = `without ${dead}`;
      rig.publish('greeter', { greeting });
      await waitFor('all have it', () => roles.every(({ config }) => config.greeting === greeting), 2_000);
      expect((await startRole(rig.env())).config.greeting).toBe(greeting);
      await rig.revive(dead);
    }
    expect(roles.flatMap(warnings)).toEqual([]);
  });

  test('one of three that hangs or answers 500 delays a start by the deadline of one read at the most', async () => {
    const rig = await rigOf();
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    rig.hang(0, true);
    rig.fail(1, 500);
    const begun = performance.now();
    const role = await startRole(rig.env());
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(role.config.greeting).toBe('one');
  });

  test('all dead: the configuration stays, one line is said, and a start works from the backup', async () => {
    const rig = await rigOf();
    const env = { ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: folder() };
    rig.publish('application', { logLevel: 'debug' });
    const key = rig.publish('greeter', { greeting: 'kept', room: '20' });
    const role = await startRole(env);
    await waitFor('it polls', () => rig.polling === 1);
    for (const index of [0, 1, 2]) await rig.kill(index);
    await waitFor('it says so', () => warnings(role).length > 0);
    const fresh = await startRole(env);
    expect(fresh.config).toMatchObject({ greeting: 'kept', room: 20, logLevel: 'debug' });
    expect(fresh.ready()).toMatchObject({ source: 'backup', state: 'applied', releases: { greeter: key } });
    expect(await fresh.metric('longwire_config_source{source="backup"}')).toBe('1');
    expect(await fresh.metric('longwire_config_age_seconds')).toBeUndefined();
    const started = warnings(fresh).filter(({ msg }) => msg === 'configuration at the start');
    expect(started.map(({ fault }) => fault)).toEqual([
      expect.stringMatching(/^Apollo: http.*ECONNREFUSED/),
      expect.stringMatching(/^the backup of 20.*Z is used$/),
    ]);
    expect(role.config.greeting).toBe('kept');
    await waitFor('so does the fresh one', () => warnings(fresh).length === 3);
    for (const index of [0, 1, 2]) await rig.revive(index);
    rig.publish('greeter', { greeting: 'new', room: '20' });
    await waitFor(
      'both have what is new',
      () => [role, fresh].every(({ config }) => config.greeting === 'new'),
      20_000,
    );
    expect(fresh.ready()).toMatchObject({ source: 'apollo', state: 'applied' });
    for (const { lines } of [role, fresh]) {
      expect(lines.filter(({ msg }) => msg === 'Apollo gives no configuration, what there is stays').length).toBe(1);
      await waitFor('it says so', () => lines.some(({ msg }) => msg === 'Apollo answers again'));
    }
  });

  test('all dead and no backup: a start fails with one line; or goes on, if it may, and takes hot keys later', async () => {
    const rig = await rigOf({ servers: 1 });
    const env = { ...rig.env(), LONGWIRE_APOLLO_START_MS: '500' };
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'late', room: '20' });
    await rig.kill(0);
    await expect(startRole(env)).rejects.toThrow(/^Apollo: http.*; backup: apolloBackupDir is not set$/);
    const role = await startRole({ ...env, LONGWIRE_APOLLO_REQUIRED: 'false' });
    expect(role.config.greeting).toBe('hello');
    expect(role.ready()).toMatchObject({ source: 'none', state: 'none' });
    await rig.revive(0);
    await waitFor('the hot one is taken', () => role.config.greeting === 'late', 20_000);
    expect(role.ready()).toMatchObject({ source: 'apollo', pending: ['room'] });
  });

  test('without a backup a start goes on trying: servers that come up in its time are in time', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'in time' });
    rig.fail(0, 500);
    const starting = startRole(rig.env());
    await waitFor('it has failed twice', () => rig.asked.length >= 2);
    rig.fail(0, undefined);
    expect((await starting).config.greeting).toBe('in time');
  });

  test('a server that never answers holds a start up no longer than its deadline', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.hang(0, true);
    const begun = performance.now();
    await expect(startRole({ ...rig.env(), LONGWIRE_APOLLO_START_MS: '400' })).rejects.toThrow(
      'Apollo: no answer within 400 ms',
    );
    expect(performance.now() - begun).toBeLessThan(2_500);
  });
});

describe('the access key', () => {
  const accessKey = 'the access key of the line';

  test('signs every read and poll', async () => {
    const rig = await rigOf({ accessKey });
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('greeter', { greeting: 'two' });
    await waitFor('it has it', () => role.config.greeting === 'two');
    expect(rig.asked.filter(({ status }) => status === 401)).toEqual([]);
  });

  test.each([
    ['a wrong one', { LONGWIRE_APOLLO_ACCESS_KEY: 'wrong' }, 0, 'refuses the access key of longwire (apolloAccessKey)'],
    ['none', {}, 0, 'needs an access key of longwire (apolloAccessKey)'],
    [
      'a clock ahead',
      { LONGWIRE_APOLLO_ACCESS_KEY: accessKey },
      -300_000,
      /clock is (299|300|301) s ahead of the server's/,
    ],
    [
      'a clock behind',
      { LONGWIRE_APOLLO_ACCESS_KEY: accessKey },
      300_000,
      /clock is (299|300|301) s behind the server's/,
    ],
  ])('%s is one line that names it', async (_what, own, clockOffsetMs, line) => {
    const rig = await rigOf({ accessKey, clockOffsetMs });
    rig.publish('application', {});
    rig.publish('greeter', {});
    const { LONGWIRE_APOLLO_META } = rig.env();
    await expect(startRole({ LONGWIRE_APOLLO_META: LONGWIRE_APOLLO_META!, ...own })).rejects.toThrow(line);
  });

  test('refused while it runs: the configuration stays, one line, and it goes on when the clock is right again', async () => {
    const rig = await rigOf({ accessKey, holdMs: 100 });
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.options.clockOffsetMs = 300_000;
    await waitFor(
      'it is refused several times',
      () => rig.asked.filter(({ status }) => status === 401).length > 6,
      20_000,
    );
    expect(role.config.greeting).toBe('one');
    expect(warnings(role)).toMatchObject([{ fault: expect.stringMatching(/clock is (299|300|301) s behind/) }]);
    rig.options.clockOffsetMs = 0;
    rig.publish('greeter', { greeting: 'two' });
    await waitFor('it goes on', () => role.config.greeting === 'two', 30_000);
  });
});
