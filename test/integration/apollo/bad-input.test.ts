import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../services/common/config.ts';
import { waitFor } from '../../rigs/process.ts';
import { folder, ownEnv, rigOf, startRole, warnings } from './fixtures.ts';

const good = { greeting: 'good', times: '2' };

describe('a release that does not fit is refused as a whole, with one line a fault, and the one before stays', () => {
  test.each([
    ['a value of another type', { times: 'many' }, ['greeter: times: must be integer (got "many")']],
    ['a number that is not written as one', { times: '0x2' }, ['greeter: times: must be integer (got "0x2")']],
    ['a value out of range', { times: '10' }, ['greeter: times: must be <= 9 (got 10)']],
    ['a truth value that is none', { loud: 'yes' }, ['greeter: loud: must be boolean (got "yes")']],
    ['an unknown key', { tiems: '3' }, ['greeter: tiems: unknown key']],
    ['a name that every object has', { toString: 'x' }, ['greeter: toString: unknown key']],
    ['a text of another format', { content: 'greeting: good' }, ['greeter: content: unknown key']],
    [
      'a secret',
      { internalSecrets: 'another secret of many characters' },
      ['greeter: internalSecrets: is a secret, which is never taken from Apollo'],
    ],
    [
      'a key of one instance',
      { instance: 'x' },
      ['greeter: instance: is of one instance, and never taken from Apollo'],
    ],
    [
      'several at once',
      { times: '10', loud: 'yes', tiems: '3' },
      [
        'greeter: times: must be <= 9 (got 10)',
        'greeter: loud: must be boolean (got "yes")',
        'greeter: tiems: unknown key',
      ],
    ],
  ])('%s', async (_what, wrong, faults) => {
    const rig = await rigOf({ servers: 1 });
    const before = { application: rig.publish('application', {}), greeter: rig.publish('greeter', good) };
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    const refused = rig.publish('greeter', { greeting: 'bad', ...wrong });
    await waitFor('it is refused', () => role.ready()['state'] === 'refused');
    expect(role.config).toMatchObject({ greeting: 'good', times: 2, loud: false });
    expect(role.ready()).toMatchObject({ source: 'apollo', releases: before, refused: { faults } });
    expect(role.ready()['refused']).toMatchObject({ releases: { greeter: refused } });
    expect(warnings(role).map(({ level, fault }) => [level, fault])).toEqual(faults.map((fault) => ['error', fault]));
    expect(JSON.stringify(role.lines)).not.toContain('another secret');
    expect(await role.metric('longwire_config_refused_total')).toBe('1');
    expect(await role.metric('longwire_config_faults')).toBe(String(faults.length));
    rig.publish('greeter', { greeting: 'good again' });
    await waitFor('a good one is taken', () => role.config.greeting === 'good again');
    expect(role.ready()).toMatchObject({ state: 'applied' });
    expect(await role.metric('longwire_config_faults')).toBe('0');
  });

  test('a key of one role in a shared namespace is refused by all; one that this role does not have is passed over', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', { topicPrefix: 'line' });
    rig.publish('greeter', good);
    const role = await startRole(rig.env());
    expect(role.config.greeting).toBe('good');
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('application', { greeting: 'bad', nonsense: '1' });
    await waitFor('it is refused', () => role.ready()['state'] === 'refused');
    expect(warnings(role).map(({ fault }) => fault)).toEqual([
      'application: greeting: belongs into the namespace of its role',
      'application: nonsense: unknown key',
    ]);
  });

  test('a thousand faults are twenty lines and a count', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', good);
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('greeter', Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`key${index}`, '1'])));
    await waitFor('it is refused', () => role.ready()['state'] === 'refused');
    expect(warnings(role).length).toBe(21);
    expect(warnings(role).at(-1)).toMatchObject({ fault: 'and 980 more' });
  });

  test('half of one: with a namespace missing the other is not taken either', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', good);
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.remove('application');
    rig.publish('greeter', { greeting: 'half' });
    await waitFor('it is refused', () => role.ready()['state'] === 'refused');
    expect(role.config.greeting).toBe('good');
    expect(warnings(role)).toMatchObject([{ fault: 'application: is not published' }]);
    await expect(startRole(rig.env())).rejects.toThrow('application: is not published');
    rig.publish('application', {});
    await waitFor('whole, it is taken', () => role.config.greeting === 'half');
  });

  test('an answer that is none of Apollo’s, or larger than any configuration, is a fault of the server', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', good);
    const role = await startRole(rig.env());
    await waitFor('it polls', () => rig.polling === 1);
    rig.publish('greeter', { greeting: 'x'.repeat(2 * 1024 * 1024) });
    await waitFor('it says so', () => warnings(role).length > 0);
    expect(warnings(role)).toMatchObject([{ fault: expect.stringContaining('answered more than 1048576 bytes') }]);
    expect(role.config.greeting).toBe('good');
  });
});

describe('at a start', () => {
  test('a release that does not fit ends it with one line a fault', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', { times: '10', tiems: '1' });
    const fault = await startRole(rig.env()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ConfigError);
    expect((fault as ConfigError).faults).toEqual([
      'Apollo: greeter: times: must be <= 9 (got 10)',
      'Apollo: greeter: tiems: unknown key',
      'backup: apolloBackupDir is not set',
    ]);
  });

  test('the backup takes its place, and both are shown', async () => {
    const rig = await rigOf({ servers: 1 });
    const env = { ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: folder() };
    rig.publish('application', {});
    const key = rig.publish('greeter', good);
    await (await startRole(env)).stop();
    rig.publish('greeter', { times: '10' });
    const role = await startRole(env);
    expect(role.config.greeting).toBe('good');
    expect(role.ready()).toMatchObject({
      ...{ source: 'backup', state: 'refused', releases: { greeter: key } },
      refused: { faults: ['greeter: times: must be <= 9 (got 10)'] },
    });
    rig.publish('greeter', { times: '9' });
    await waitFor('a good one is taken', () => role.config.times === 9);
    expect(role.ready()).toMatchObject({ source: 'apollo', state: 'applied', refused: undefined });
  });

  test.each([
    ['truncated', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another content than its checksum', (text: string) => text.replace('"good"', '"evil"')],
    ['JSON of something else', () => '[1]'],
  ])('a backup that is %s is one line, and not used', async (_what, damage) => {
    const rig = await rigOf({ servers: 1 });
    const dir = folder();
    const well = { ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: dir };
    const env = { ...well, LONGWIRE_APOLLO_START_MS: '300' };
    rig.publish('application', {});
    rig.publish('greeter', good);
    await (await startRole(well)).stop();
    const file = join(dir, 'apollo-greeter.json');
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    await rig.kill(0);
    await expect(startRole(env)).rejects.toThrow(`backup: ${file} is truncated or damaged`);
    const role = await startRole({ ...env, LONGWIRE_APOLLO_REQUIRED: 'false' });
    expect(role.config.greeting).toBe('hello');
    const told = warnings(role).filter(({ fault }) => fault?.includes('truncated'));
    expect(told.length).toBe(1);
  });

  test('a backup of another application or environment is not used', async () => {
    const rig = await rigOf({ servers: 1 });
    const well = { ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: folder() };
    const env = { ...well, LONGWIRE_APOLLO_START_MS: '300' };
    rig.publish('application', {});
    rig.publish('greeter', good);
    await (await startRole(well)).stop();
    await rig.kill(0);
    await expect(startRole({ ...env, LONGWIRE_APOLLO_APP_ID: 'other' })).rejects.toThrow('is of longwire default');
    await expect(startRole({ ...env, LONGWIRE_APOLLO_ENV: 'UAT' })).rejects.toThrow('is of longwire default');
  });

  test('a folder that cannot be written is one line, and the release is taken all the same', async () => {
    const rig = await rigOf({ servers: 1 });
    rig.publish('application', {});
    rig.publish('greeter', good);
    const role = await startRole({ ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: '/dev/null/here' });
    expect(role.config.greeting).toBe('good');
    expect(warnings(role)).toMatchObject([{ msg: 'the backup of the configuration cannot be written' }]);
  });

  test('no secret is in the backup, and nothing but the backup in its folder', async () => {
    const rig = await rigOf({ servers: 1, accessKey: 'the access key of the line' });
    const dir = folder();
    rig.publish('application', {});
    rig.publish('greeter', good);
    await startRole({ ...rig.env(), LONGWIRE_APOLLO_BACKUP_DIR: dir });
    expect(readdirSync(dir)).toEqual(['apollo-greeter.json']);
    const text = readFileSync(join(dir, 'apollo-greeter.json'), 'utf8');
    expect(text).toContain('"greeting":"good"');
    expect(text).not.toContain(ownEnv.LONGWIRE_INTERNAL_SECRETS);
    expect(text).not.toContain('the access key of the line');
  });
});
