import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTarget, type TargetFlags } from './find-target.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-target-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const flags = (some: Partial<TargetFlags> = {}): TargetFlags => ({ given: {}, secretsFromStdin: false, ...some });
const noStdin = (): string => {
  throw new Error('stdin is not to be read');
};
const find = (some: Partial<TargetFlags>, env: NodeJS.ProcessEnv = {}, stdin = noStdin) =>
  findTarget(flags(some), { XDG_CONFIG_HOME: dir, ...env }, stdin);

function profiles(content: unknown, mode = 0o600): void {
  mkdirSync(join(dir, 'longwire'), { recursive: true });
  const file = join(dir, 'longwire', 'profiles.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
}

function runFile(): void {
  const ops = 'http://127.0.0.1:20001';
  const run = {
    api: 'http://127.0.0.1:8080',
    sdk: 'ws://127.0.0.1:8081/sdk/v1',
    app: { appId: 'demo', appKey: 'key', masterSecret: 'master', appSecret: 'app' },
    internal: { userMysql: 'http://127.0.0.1:7102', userRedis: 'http://127.0.0.1:7101', secret: 'internal' },
    processes: [
      { role: 'redis', instance: 'redis-1', pid: 1, health: null, metrics: null, url: 'redis://127.0.0.1:6379' },
      {
        role: 'bus-redis',
        instance: 'bus-redis-1',
        pid: 3,
        health: null,
        metrics: null,
        url: 'redis://127.0.0.1:6380',
      },
      { role: 'cm', instance: 'cm-1', pid: 2, health: `${ops}/health/ready`, metrics: `${ops}/metrics` },
    ],
  };
  writeFileSync(join(dir, 'run.json'), JSON.stringify(run));
  writeFileSync(join(dir, 'demo-device.json'), JSON.stringify({ cid: 'c1' }));
}

test('a system of up is known by its run file, with its demo device, stores and instances', () => {
  runFile();
  const target = find({ data: dir });
  expect(target).toMatchObject({
    api: 'http://127.0.0.1:8080',
    appId: 'demo',
    masterSecret: 'master',
    userRedis: 'http://127.0.0.1:7101',
    cm: 'http://127.0.0.1:20001',
    internalSecret: 'internal',
    redis: 'redis://127.0.0.1:6379/0',
    busRedis: 'redis://127.0.0.1:6380/1',
    demoCid: 'c1',
    instances: [{ role: 'cm', instance: 'cm-1', pid: 2, ops: 'http://127.0.0.1:20001' }],
  });
  expect(find({ run: join(dir, 'run.json') }).api).toBe(target.api);
});

test('another app of it has none of the demo app’s credentials', () => {
  runFile();
  const target = find({ data: dir, given: { appId: 'shop' } });
  expect(target.appId).toBe('shop');
  expect(target).not.toHaveProperty('masterSecret');
  expect(target).not.toHaveProperty('demoCid');
});

test('nothing up is no answer, and says how another one is named', () => {
  expect(() => find({ data: dir })).toThrow(/^nothing is up in .*; start it with npm run up/);
});

test('secrets of a system never go to another address', () => {
  runFile();
  expect(() => find({ data: dir, given: { userMysql: 'http://10.0.0.1:7102' } })).toThrow('--run and --data');
  const target = find(
    { given: { userMysql: 'http://10.0.0.1:7102/' } },
    { LONGWIRE_INTERNAL_SECRETS: 'new-one, old-one' },
  );
  expect(target).toMatchObject({ userMysql: 'http://10.0.0.1:7102', internalSecret: 'new-one' });
});

test('the environment says where another one is; a flag says it better', () => {
  const env = { LONGWIRE_API_URL: 'http://a:1', LONGWIRE_APP_ID: 'x', LONGWIRE_OPS_URLS: 'http://a:2, http://a:3' };
  expect(find({}, env)).toMatchObject({ api: 'http://a:1', ops: ['http://a:2', 'http://a:3'] });
  expect(find({ given: { api: 'https://b' } }, env)).toMatchObject({ api: 'https://b', appId: 'x' });
});

test('a profile says all at once, and secrets may come on stdin', () => {
  profiles({ live: { api: 'https://push.example', appId: 'x', appKey: 'k' } });
  const target = find({ profile: 'live', secretsFromStdin: true }, {}, () => '{"masterSecret":"m"}');
  expect(target).toMatchObject({ from: 'profile live', api: 'https://push.example', masterSecret: 'm' });
  expect(find({}, { LONGWIRE_PROFILE: 'live' }).from).toBe('profile live');
});

test.each([
  ['others may read it', { live: {} }, 0o640, 'has mode 0640, and holds secrets: allowed is 0600'],
  ['it is not JSON', '{', 0o600, 'is not JSON'],
  ['it has no such profile', { test: {} }, 0o600, '--profile live: there is none of that name'],
  ['a field is unknown', { live: { apy: 'x' } }, 0o600, 'live.apy: is no field of it; allowed are api, sdk'],
  ['a field does not fit', { live: { api: 'ftp://x' } }, 0o600, 'live.api: must match pattern'],
])('a profile is refused with a line where %s', (_name, content, mode, said) => {
  profiles(content, mode);
  expect(() => find({ profile: 'live' })).toThrow(said);
});

test('no value of a secret is in what is said of it', () => {
  profiles({ live: { masterSecret: '' } });
  expect(() => find({ profile: 'live' })).toThrow(/live\.masterSecret/);
  const secret = { LONGWIRE_API_URL: 'http://a:1', LONGWIRE_MASTER_SECRET: 's'.repeat(2_000) };
  expect(() => find({}, secret)).toThrow(/^LONGWIRE_MASTER_SECRET: must not have more than/);
  expect(() => find({ secretsFromStdin: true, given: { api: 'http://a' } }, {}, () => 'hunter2')).toThrow(
    /^(?!.*hunter2)/,
  );
});

test('an address that is none is refused by the flag’s name', () => {
  expect(() => find({ given: { userMysql: 'https://x' } })).toThrow(
    /^--user-mysql URL or LONGWIRE_USER_MYSQL_URL https:\/\/x: must match/,
  );
});
