import { describe, expect, it } from 'vitest';
import { OptionError } from './option-error.ts';
import { parseOptions, type Surroundings } from './options.ts';
import type { RunningSystem } from './target.ts';

const running: RunningSystem = {
  api: 'http://127.0.0.1:8080',
  sdk: 'ws://127.0.0.1:8081/sdk/v1',
  app: { appId: 'demo', appKey: 'k', masterSecret: 'm', appSecret: 's' },
};
const withSystem: Surroundings = {
  env: {},
  runningIn: (dataDir) => (dataDir === '.longwire' ? running : undefined),
  randomSeed: () => 42,
};
const parse = (line: string, around: Partial<Surroundings> = {}) => {
  const options = parseOptions(line === '' ? [] : line.split(' '), { ...withSystem, ...around });
  if (options === 'help') throw new Error('help');
  return options;
};

describe('options', () => {
  it('without any it is a small load on the system that runs here', () => {
    const { target, shape, slos } = parse('');
    expect(target).toEqual({ api: running.api, ws: running.sdk, ...running.app });
    expect(shape).toMatchObject({ devices: 100, pushRate: 20, duration: 30, churn: 0, processes: 1, seed: 42 });
    expect(shape.mix).toEqual({ single: 70, batch: 10, list: 10, tag: 5, all: 5 });
    expect(slos).toEqual([]);
  });

  it('with an address everything else is given too, by option before the environment', () => {
    const env = { LONGWIRE_APP_KEY: 'k2', LONGWIRE_MASTER_SECRET: 'm2', LONGWIRE_APP_SECRET: 's2' };
    const { target } = parse('--api https://push.example:8443/ --app a --key k3', { env });
    expect(target).toEqual({
      ...{ api: 'https://push.example:8443', ws: 'wss://push.example:8444/sdk/v1' },
      ...{ appId: 'a', appKey: 'k3', masterSecret: 'm2', appSecret: 's2' },
    });
    expect(() => parse('--api http://x:1 --app a --key k', { env: {} })).toThrow(
      '--master-secret is missing: give it, or LONGWIRE_MASTER_SECRET in the environment',
    );
  });

  it('a path of devices is added where there is none', () => {
    expect(parse('--ws ws://10.0.0.5:9000').target.ws).toBe('ws://10.0.0.5:9000/sdk/v1');
    expect(parse('--ws wss://x.example/other').target.ws).toBe('wss://x.example/other');
  });

  it('processes follow from the devices, and are no more than these', () => {
    expect(parse('--devices 12000').shape.processes).toBe(3);
    expect(parse('--devices 2 --processes 8').shape.processes).toBe(2);
  });

  it('source addresses may be a range', () => {
    const { sourceAddresses } = parse('--source-addresses 127.0.0.254-127.0.1.1,10.0.0.7,::1').shape;
    expect(sourceAddresses).toEqual(['127.0.0.254', '127.0.0.255', '127.0.1.0', '127.0.1.1', '10.0.0.7', '::1']);
  });

  it.each([
    ['--devices 0', '--devices 0: allowed is an integer from 1 to 1000000'],
    ['--devices 1.5', '--devices 1.5: allowed is an integer'],
    ['--push-rate fast', '--push-rate fast: allowed is a number from 0.01 to 100000'],
    ['--size 63', '--size 63: allowed is an integer from 64 to 3072'],
    ['--duration 90000', '--duration 90000: allowed is a number from 1 to 80000'],
    ['--arrivals bursty', '--arrivals bursty: allowed are poisson and even'],
    ['--devices 20000 --processes 1', '--processes 1: 20000 devices are too many for so few; allowed are 15000'],
    ['--devices 30000', '--source-addresses: 30000 devices are too many for one; allowed are 28000'],
    ['--source-addresses 127.0.0.9-127.0.0.2', '"127.0.0.9-127.0.0.2" ends before it begins; allowed are addresses'],
    ['--source-addresses localhost', '"localhost" is no address'],
    ['--source-addresses 10.0.0.0-10.1.0.0', '"10.0.0.0-10.1.0.0" has 65537 addresses'],
    ['--mix sms=1', '--mix sms=1: "sms" is no kind of push'],
    ['--slo fast=1', '--slo fast=1: "fast" is no figure'],
    ['--api ftp://x', '--api ftp://x: allowed is a URL, http(s)://HOST[:PORT]'],
    ['--api https://push.example --app a --key k --master-secret m --app-secret s', '--ws is missing'],
    ['--ws http://x', '--ws http://x: allowed is a URL, ws(s)://HOST'],
    ['--data elsewhere', '--api is missing, and no system runs in elsewhere'],
    ['--rate 5', "Unknown option '--rate'; allowed are --api, --ws"],
    ['--devices', '--devices'],
  ])('%s is refused', (line, fault) => {
    expect(() => parse(line)).toThrow(OptionError);
    expect(() => parse(line)).toThrow(fault);
  });
});
