import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OptionError, parseOptions } from './options.ts';
import { Operator } from './server/operator.ts';

const folder = mkdtempSync(join(tmpdir(), 'longwire-options-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const app = { appId: 'a', appKey: 'k', masterSecret: 'm', appSecret: 's' };
const env = { LONGWIRE_APP_KEY: 'k', LONGWIRE_MASTER_SECRET: 'm', LONGWIRE_APP_SECRET: 's' };
const addresses = ['--url', 'wss://push.example/sdk/v1', '--api', 'https://api.example/', '--app-id', 'a'];

describe('options of the kit', () => {
  it('take a system from its run file', () => {
    const file = join(folder, 'run.json');
    writeFileSync(file, JSON.stringify({ api: 'http://127.0.0.1:1', sdk: 'ws://127.0.0.1:2/sdk/v1', app }));
    expect(parseOptions(['server', '--run', file], {})).toMatchObject({
      mode: 'server',
      target: { url: 'ws://127.0.0.1:2/sdk/v1', api: 'http://127.0.0.1:1', ...app, maxFrameBytes: 16_384 },
      operator: expect.any(Operator),
      slow: false,
      json: false,
    });
  });

  it('take addresses and credentials, the latter also from the environment', () => {
    const options = parseOptions(['server', ...addresses, '--max-frame', '65536', '--slow', '--json'], env);
    const target = { url: 'wss://push.example/sdk/v1', api: 'https://api.example', ...app, maxFrameBytes: 65_536 };
    expect(options).toMatchObject({ target, operator: undefined, slow: true, json: true });
  });

  it('take the command of a harness as it stands, and rules by number', () => {
    const options = parseOptions(['client', '--only', 'd123, D130', '--', 'java', '-jar', 'x.jar', '--json'], {});
    expect(options).toMatchObject({
      mode: 'client',
      command: ['java', '-jar', 'x.jar', '--json'],
      jobs: 4,
      json: false,
    });
    expect(options.mode === 'client' && options.rules.map(({ id }) => id)).toEqual(['D123', 'D130']);
  });

  it.each<[string[], string]>([
    [[], 'server or client'],
    [['both'], 'both: allowed is server or client'],
    [['server', 'now'], 'now'],
    [['server', '--fast'], '--fast'],
    [['server', '--run', join(folder, 'none.json')], 'none.json'],
    [['server', '--run', 'x', ...addresses], '--run'],
    [['server', '--url', 'https://push.example', '--api', 'https://api.example'], 'ws(s)://HOST/sdk/v1'],
    [['server', ...addresses.slice(0, 4)], '--app-id: is missing; give it, or LONGWIRE_APP_ID'],
    [['server', ...addresses, '--only', 'D101'], '--only D101: is no rule of a server'],
    [['server', ...addresses, '--', 'node'], 'a command is for client'],
    [['server', ...addresses, '--max-frame', '1'], '--max-frame 1: allowed is 1024 to 1048576'],
    [['client'], 'after --'],
    [['client', '--url', 'ws://x', '--', 'node'], '--url: is for server'],
    [['client', '--jobs', '0', '--', 'node'], '--jobs 0: allowed is 1 to 32'],
  ])('%j: says %s', (args, says) => {
    expect(() => parseOptions(args, env)).toThrow(OptionError);
    expect(() => parseOptions(args, env)).toThrow(says);
  });
});
