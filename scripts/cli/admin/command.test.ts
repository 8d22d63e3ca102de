import { expect, test } from 'vitest';
import { adminCommands } from '../admin-commands.ts';
import { parse } from '../parse.ts';
import { asked } from './run-admin.ts';

const command = (line: string) => {
  const parsed = parse(line.split(' '), adminCommands);
  return 'print' in parsed ? parsed.print : asked(parsed.spec, parsed.given);
};

test('each command becomes what it says', () => {
  expect(command('app create shop')).toEqual({ do: 'create', name: 'shop' });
  expect(command('app list --json')).toEqual({ do: 'list' });
  expect(command('app show a-1')).toEqual({ do: 'show', appId: 'a-1' });
  expect(command('app rotate-secret a')).toEqual({
    do: 'rotate-secret',
    appId: 'a',
    which: ['master', 'app'],
    graceMs: 86_400_000,
  });
  expect(command('app rotate-secret a --secret app --grace 15m')).toMatchObject({ which: ['app'], graceMs: 900_000 });
  expect(command('app rotate-secret a --grace 0')).toMatchObject({ graceMs: 0 });
  expect(command('app disable a')).toEqual({ do: 'change', appId: 'a', disabled: true });
  expect(command('app enable a')).toEqual({ do: 'change', appId: 'a', disabled: false });
  expect(command('app set-quota a pushesPerDay=10 allPerDay=default')).toEqual({
    do: 'change',
    appId: 'a',
    quotas: { pushesPerDay: 10, allPerDay: null },
  });
  expect(command('app set-callback a https://example.com/x')).toMatchObject({ callbackUrl: 'https://example.com/x' });
  expect(command('app set-channel a fcm account.json')).toEqual({
    ...{ do: 'set-channel', appId: 'a' },
    ...{ kind: 'fcm', file: 'account.json' },
  });
  expect(command('app channels a')).toEqual({ do: 'channels', appId: 'a' });
  expect(command('app remove-channel a apns')).toEqual({ do: 'remove-channel', appId: 'a', kind: 'apns' });
  expect(command('app set-callback a none')).toMatchObject({ callbackUrl: null });
});

test('rebalance takes its rate and its share', () => {
  expect(command('rebalance')).toEqual({ do: 'rebalance' });
  expect(command('rebalance --per-second 80 --share 0.02')).toEqual({ do: 'rebalance', perSecond: 80, share: 0.02 });
});

test('commands on the bus become what they say', () => {
  expect(command('bus-groups')).toEqual({ do: 'bus-groups' });
  expect(command('bus-groups forget push.receipt push.callback')).toEqual({
    do: 'forget-group',
    topic: 'push.receipt',
    group: 'push.callback',
  });
  expect(command('dead-letters list')).toEqual({ do: 'dead-letters' });
  expect(command('dead-letters put-back 7')).toEqual({ do: 'dead-letter', id: 7, action: 'put-back' });
});

test.each([
  ['bus-groups remove', 'bus-groups remove: allowed are list, forget'],
  ['bus-groups forget', '<topic> is missing'],
  ['bus-groups forget t', '<group> is missing'],
  ['dead-letters show', '<number> is missing'],
  ['dead-letters drop x', 'x: the number of a dead letter'],
  ['dead-letters burn 1', 'dead-letters burn: allowed are list, show, put-back, drop'],
  ['rebalance now', 'now: is one word too many'],
  ['rebalance --per-second 0', 'a number from 1 to 10000'],
  ['rebalance --share 2', 'a share from 0 to 1'],
  ['rebalance --grace 1h', '--grace: is no option of rebalance; allowed are --per-second, --share, --json'],
  ['app list --per-second 5', '--per-second: is no option of app list'],
  ['shop', 'shop: is no command; allowed are app, bus-groups, dead-letters, rebalance'],
  ['app', 'app: a word is missing behind it; allowed are create, list'],
  ['app remove a', 'app remove: allowed are create, list'],
  ['app create', '<name> is missing'],
  ['app show', '<app-id> is missing'],
  ['app show a b', 'b: is one word too many'],
  ['app show a/b', 'an app id has'],
  ['app show a --grace 1h', '--grace: is no option of app show'],
  ['app rotate-secret a --secret key', 'allowed are master and app'],
  ['app rotate-secret a --secret', '--secret: its value is missing'],
  ['app rotate-secret a --grace 31d', 'up to 30d'],
  ['app rotate-secret a --grace 5', 'a number with m, h or d'],
  ['app rotate-secret a --grace 5m --grace 6m', '--grace: is given 2 times'],
  ['app set-quota a', 'name=N is missing'],
  ['app set-quota a pushes=1', 'pushes=1: allowed is name=N'],
  ['app set-quota a pushesPerDay=-1', 'pushesPerDay=-1: allowed'],
  ['app set-callback a', '<url> is missing'],
  ['app set-callback a ftp://x', 'allowed is an http or https URL'],
  ['app set-channel a gcm f', 'gcm: kinds are fcm, apns, huawei'],
  ['app set-channel a fcm', '<file> is missing'],
  ['app list --all', '--all: is no option of app list; allowed are --json'],
])('%s: is refused with a line that says what is allowed', (line, said) => {
  expect(() => command(line)).toThrow(said);
});

test('help names every command, and every quota where quotas are set', () => {
  const help = [
    command('--help'),
    command('app --help'),
    command('dead-letters --help'),
    command('app set-quota --help'),
  ];
  for (const word of [
    'create',
    'rotate-secret',
    'set-callback',
    'bus-groups',
    'rebalance',
    'put-back',
    'tagPerDay',
    'authsPerMinute',
  ]) {
    expect(help.join('\n')).toContain(word);
  }
});
