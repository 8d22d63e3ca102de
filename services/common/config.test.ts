import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { afterAll, expect, test } from 'vitest';
import { busConfig } from './base-config.ts';
import { ConfigError, envNameOf, loadConfig } from './config.ts';

const dir = mkdtempSync(join(tmpdir(), 'longwire-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const Schema = Type.Object({
  host: Type.String({ default: '127.0.0.1', description: 'x' }),
  maxFrameBytes: Type.Integer({ default: 16, minimum: 1, description: 'x' }),
  share: Type.Boolean({ default: false, description: 'x' }),
  brokers: Type.Array(Type.String({ minLength: 2 }), { default: ['aa'], description: 'x' }),
  bus: Type.Enum(['redis', 'kafka'], { default: 'redis', description: 'x' }),
  keys: Type.Array(Type.String({ minLength: 16 }), { minItems: 1, secret: true, description: 'x' }),
  address: Type.Optional(Type.String({ pattern: '^http://', description: 'x' })),
});
const keys = 'a-key-of-sixteen-or-more';

let files = 0;
function file(content: unknown): string {
  const path = join(dir, `${files++}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function faultsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(Schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toBe((error as ConfigError).faults.join('\n'));
    return (error as ConfigError).faults;
  }
  return [];
}

test('a key’s name in the environment', () => {
  expect(envNameOf('maxFrameBytes')).toBe('LONGWIRE_MAX_FRAME_BYTES');
});

test('defaults, then the file, then the environment: later wins', () => {
  const LONGWIRE_CONFIG = file({ host: 'file', maxFrameBytes: 5, keys: [`${keys}-of-file`], share: true });
  const env = { LONGWIRE_CONFIG, LONGWIRE_HOST: 'env', LONGWIRE_KEYS: `${keys}, ${keys}-2` };
  expect(loadConfig(Schema, env)).toEqual({
    host: 'env',
    maxFrameBytes: 5,
    share: true,
    brokers: ['aa'],
    bus: 'redis',
    keys: [keys, `${keys}-2`],
  });
});

test('texts of the environment become what their key is', () => {
  const env = { LONGWIRE_KEYS: keys, LONGWIRE_MAX_FRAME_BYTES: '7', LONGWIRE_SHARE: 'true', LONGWIRE_BROKERS: 'aa,bb' };
  expect(loadConfig(Schema, env)).toMatchObject({ maxFrameBytes: 7, share: true, brokers: ['aa', 'bb'] });
});

test('every fault is told, one a line, with its key and what was given', () => {
  const faults = faultsOf({
    LONGWIRE_CONFIG: file({ unknown: 1, toString: 2, host: 5 }),
    LONGWIRE_MAX_FRAME_BYTES: '0',
    LONGWIRE_SHARE: 'yes',
    LONGWIRE_BUS: 'pigeon',
    LONGWIRE_BROKERS: 'aa,b',
    LONGWIRE_ADDRESS: 'ftp://x',
  });
  for (const start of [
    'unknown: unknown key in the file',
    'toString: unknown key in the file',
    'host: ',
    'maxFrameBytes: ',
    'share: ',
    'bus: ',
    'brokers/1: ',
    'keys: is required (set LONGWIRE_KEYS)',
    'address: ',
  ]) {
    expect(faults.filter((fault) => fault.startsWith(start)).length, start).toBe(1);
  }
  expect(faults.length).toBe(9);
  expect(faults.find((fault) => fault.startsWith('bus'))).toContain('"pigeon"');
  expect(faults.join()).not.toContain('\n');
});

test('numbers that are not written as such are faults, not guesses', () => {
  for (const text of ['', ' 5', '0x10', '1e3', '5 MB', 'NaN', '1.5', '999999999999999999999x']) {
    expect(faultsOf({ LONGWIRE_KEYS: keys, LONGWIRE_MAX_FRAME_BYTES: text }).length, text).toBe(1);
  }
});

test('secrets are never shown, and a long value is cut', () => {
  const secret = 'short-secret';
  const long = `ftp://${'x'.repeat(500)}`;
  const faults = faultsOf({ LONGWIRE_KEYS: secret, LONGWIRE_ADDRESS: long });
  expect(faults.length).toBe(2);
  expect(faults.join()).not.toContain(secret);
  for (const fault of faults) expect(fault.length).toBeLessThan(250);
});

test('a file that is missing or no JSON object is a fault that names it', () => {
  for (const path of [join(dir, 'missing.json'), file('{'), file('[]'), file('null')]) {
    expect(faultsOf({ LONGWIRE_CONFIG: path, LONGWIRE_KEYS: keys })[0]).toContain(path);
  }
});

test('a Redis URL that is none is one line that names the key and the fault, with nothing of its password', () => {
  const schema = Type.Object({ busRedisUrl: busConfig.busRedisUrl });
  const env = { LONGWIRE_BUS_REDIS_URL: 'redis-sentinel://:hidden@s1:26379,s2:26379' };
  const fault = 'busRedisUrl: lacks the name of the master: redis-sentinel://hosts/master';
  expect(() => loadConfig(schema, env)).toThrow(new ConfigError([fault]));
  expect(loadConfig(schema, { LONGWIRE_BUS_REDIS_URL: 'redis-cluster://a,b' }).busRedisUrl).toBe('redis-cluster://a,b');
});
