import { describe, expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { rigOf, startRole, warnings } from './fixtures.ts';

describe('a release', () => {
  test('is laid over file and environment, the role’s own namespace over the shared one', async () => {
    const rig = await rigOf();
    const shared = rig.publish('application', { logLevel: 'warn', graceMs: '7000' });
    const own = rig.publish('greeter', { greeting: 'good day', times: '3', loud: 'true', graceMs: '8000' });
    const role = await startRole({ ...rig.env(), LONGWIRE_GREETING: 'hi', LONGWIRE_ROOM: '4' });
    expect(role.config).toMatchObject({ logLevel: 'warn', greeting: 'good day', times: 3, loud: true, room: 4 });
    expect(role.config.graceMs).toBe(8_000);
    expect(role.ready()).toMatchObject({
      ...{ source: 'apollo', state: 'applied', pending: [] },
      releases: { application: shared, greeter: own },
    });
    expect(await role.metric('longwire_config_source{source="apollo"}')).toBe('1');
    expect(await role.metric('longwire_config_source{source="none"}')).toBe('0');
    expect(Number(await role.metric('longwire_config_age_seconds'))).toBeLessThan(10);
  });

  test('changes hot keys of all instances within 2 s, and what was taken away is as before', async () => {
    const rig = await rigOf();
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    const roles = await Promise.all(Array.from({ length: 8 }, () => startRole(rig.env())));
    await waitFor('all poll', () => rig.polling === 8);
    rig.publish('greeter', { greeting: 'two' });
    await waitFor('all have it', () => roles.every(({ config }) => config.greeting === 'two'), 2_000);
    rig.publish('greeter', {});
    await waitFor('all have the default', () => roles.every(({ config }) => config.greeting === 'hello'), 2_000);
    const numbers = await Promise.all(roles.map((role) => role.metric('longwire_config_release{namespace="greeter"}')));
    expect(new Set(numbers).size).toBe(1);
    expect(Number(numbers[0])).toBeGreaterThan(0);
  });

  test('of the log level is heeded by the log that is there', async () => {
    const rig = await rigOf();
    rig.publish('application', { logLevel: 'error' });
    rig.publish('greeter', {});
    const role = await startRole(rig.env());
    expect(role.lines).toEqual([]);
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('application', { logLevel: 'info' });
    await waitFor('it logs', () => role.lines.some(({ msg }) => msg.includes('is applied')));
  });

  test('of a key that is not hot takes effect at the next start: one line, and pending until it is taken back', async () => {
    const rig = await rigOf();
    rig.publish('application', {});
    rig.publish('greeter', {});
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('greeter', { room: '20', times: '2' });
    await waitFor('the hot one is taken', () => role.config.times === 2);
    expect(role.config.room).toBe(10);
    expect(role.ready()).toMatchObject({ state: 'applied', pending: ['room'] });
    expect(await role.metric('longwire_config_pending_keys')).toBe('1');
    expect(warnings(role)).toMatchObject([{ key: 'room', msg: expect.stringContaining('at the next start') }]);
    expect((await startRole(rig.env())).config.room).toBe(20);
    rig.publish('greeter', {});
    await waitFor('it is taken back', () => (role.ready()['pending'] as string[]).length === 0);
  });

  test('for some instances reaches these alone, by label and by address, and goes when it is given up', async () => {
    const rig = await rigOf();
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'all' });
    const [plain, labelled, there] = await Promise.all([
      startRole(rig.env()),
      startRole({ ...rig.env(), LONGWIRE_APOLLO_LABEL: 'canary' }),
      startRole({ ...rig.env(), LONGWIRE_APOLLO_IP: '10.0.0.7' }),
    ]);
    await waitFor('all poll', () => rig.polling === 3);
    rig.publishGray('greeter', { greeting: 'few' }, { labels: ['canary'], ips: ['10.0.0.7'] });
    const greetings = () => [plain, labelled, there].map(({ config }) => config.greeting);
    await waitFor('the two have it', () => greetings().join() === 'all,few,few');
    const fresh = await startRole({ ...rig.env(), LONGWIRE_APOLLO_LABEL: 'canary' });
    expect(fresh.config.greeting).toBe('few');
    rig.endGray('greeter');
    await waitFor('all are alike', () => greetings().join() === 'all,all,all');
  });

  test('is read past the cache of a server, as the notification says what it has to have', async () => {
    const rig = await rigOf({ cached: true, servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', { greeting: 'one' });
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('greeter', { greeting: 'two' });
    await waitFor('it has it', () => role.config.greeting === 'two');
  });

  test('of another environment is never asked for', async () => {
    const [production, trial] = [await rigOf({ servers: 1 }), await rigOf({ servers: 1 })];
    for (const rig of [production, trial]) rig.publish('application', {});
    production.publish('greeter', { greeting: 'production' });
    trial.publish('greeter', { greeting: 'trial' });
    const LONGWIRE_APOLLO_META = `PRO=${production.metas},UAT=${trial.metas}`;
    const role = await startRole({ LONGWIRE_APOLLO_META, LONGWIRE_APOLLO_ENV: 'UAT' });
    expect(role.config.greeting).toBe('trial');
    expect(production.asked).toEqual([]);
    await expect(startRole({ LONGWIRE_APOLLO_META, LONGWIRE_APOLLO_ENV: 'FAT' })).rejects.toThrow(
      'apolloMeta: names no meta server of environment FAT',
    );
  });
});

test('without a config centre nothing is asked, and the pages say so', async () => {
  const role = await startRole({ LONGWIRE_GREETING: 'hi' });
  expect(role.config.greeting).toBe('hi');
  expect(role.ready()).toMatchObject({ source: 'none', state: 'none', ageSeconds: null });
  expect(await role.metric('longwire_config_source{source="none"}')).toBe('1');
  expect(await role.metric('longwire_config_age_seconds')).toBeUndefined();
});
