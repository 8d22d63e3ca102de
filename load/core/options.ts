import { parseArgs } from 'node:util';
import { type Spacing, spacings } from './arrivals.ts';
import { type Mix, parseMix } from './mix.ts';
import { OptionError } from './option-error.ts';
import { maxPayloadSize, minPayloadSize } from './payload.ts';
import { parseSlos, type Slo } from './slo.ts';
import { parseSourceAddresses } from './source-addresses.ts';
import { findTarget, type RunningSystem, type Target } from './target.ts';

/** What a load is, apart from where it goes. Rates are a second, times seconds. */
export interface Shape {
  devices: number;
  connectRate: number;
  pushRate: number;
  mix: Mix;
  /** Messages of a batch, devices of a list. */
  batchSize: number;
  /** Characters of a message's text. */
  size: number;
  duration: number;
  drain: number;
  /** Percent of the devices that are cut off in a minute. */
  churn: number;
  processes: number;
  /** Empty: the system chooses. */
  sourceAddresses: string[];
  spacing: Spacing;
  seed: number;
}

export interface LoadOptions {
  target: Target;
  shape: Shape;
  slos: Slo[];
  /** Files to write; undefined: none. */
  json: string | undefined;
  html: string | undefined;
}

/** What is around: the environment, the systems of data folders, what a seed is without one. */
export interface Surroundings {
  env: Record<string, string | undefined>;
  runningIn(dataDir: string): RunningSystem | undefined;
  randomSeed(): number;
}

/** Of one process; with its connections to the API and what it has open besides it stays below 20,000 files. */
export const maxDevicesPerProcess = 15_000;
/** Of one address, as the ports that a system hands out are about 28,000. */
export const maxDevicesPerAddress = 28_000;
/** A process is added for each so many devices, unless `--processes` says how many. */
const devicesPerProcess = 5_000;

const defaults = {
  ...{ devices: '100', 'connect-rate': '100', 'push-rate': '20', mix: 'single=70,batch=10,list=10,tag=5,all=5' },
  ...{ 'batch-size': '20', size: '256', duration: '30', drain: '30', churn: '0', arrivals: 'poisson' },
};

const texts = [
  ...['api', 'ws', 'app', 'key', 'master-secret', 'app-secret', 'data', 'devices', 'connect-rate', 'push-rate'],
  ...['mix', 'batch-size', 'size', 'duration', 'drain', 'churn', 'processes', 'source-addresses', 'arrivals'],
  ...['seed', 'slo', 'json', 'html'],
] as const;
type Texts = Partial<Record<(typeof texts)[number], string>>;

/** @throws OptionError, one line that names the option, what is wrong and what is allowed. */
export function parseOptions(args: string[], { env, runningIn, randomSeed }: Surroundings): LoadOptions | 'help' {
  const { help, ...given } = parsed(args);
  if (help) return 'help';
  const values = { ...defaults, ...given } as Texts & typeof defaults;
  const shape = shapeOf(values, randomSeed);
  const slos = values.slo === undefined ? [] : parseSlos(values.slo);
  const dataDir = values.data ?? '.longwire';
  const addresses = { api: values.api, ws: values.ws, appId: values.app, appKey: values.key };
  const secrets = { masterSecret: values['master-secret'], appSecret: values['app-secret'] };
  const target = findTarget({ ...addresses, ...secrets }, env, runningIn(dataDir), dataDir);
  return { target, shape, slos, json: values.json, html: values.html };
}

function parsed(args: string[]): Texts & { help?: boolean } {
  const options = Object.fromEntries(texts.map((name) => [name, { type: 'string' as const }]));
  try {
    const all = { ...options, help: { type: 'boolean' as const, short: 'h' } };
    return parseArgs({ args, strict: true, allowPositionals: false, options: all }).values;
  } catch (error) {
    const what = (error as Error).message.split('. ')[0];
    throw new OptionError(`${what}; allowed are --${texts.join(', --')} and --help`);
  }
}

function shapeOf(values: Texts & typeof defaults, randomSeed: () => number): Shape {
  const devices = integer('devices', values.devices, 1, 1_000_000);
  const sourceAddresses = values['source-addresses'] ? parseSourceAddresses(values['source-addresses']) : [];
  const processes =
    values.processes === undefined
      ? Math.ceil(devices / devicesPerProcess)
      : Math.min(devices, integer('processes', values.processes, 1, 200));
  if (Math.ceil(devices / processes) > maxDevicesPerProcess) {
    throw new OptionError(
      `--processes ${processes}: ${devices} devices are too many for so few; allowed are ${maxDevicesPerProcess} devices a process, so ${Math.ceil(devices / maxDevicesPerProcess)} processes or more`,
    );
  }
  if (devices / Math.max(1, sourceAddresses.length) > maxDevicesPerAddress) {
    throw new OptionError(
      `--source-addresses: ${devices} devices are too many for ${sourceAddresses.length || 'one'}; allowed are ${maxDevicesPerAddress} devices an address, so ${Math.ceil(devices / maxDevicesPerAddress)} addresses or more`,
    );
  }
  return {
    ...{ devices, processes, sourceAddresses },
    connectRate: decimal('connect-rate', values['connect-rate'], 0.1, 100_000),
    pushRate: decimal('push-rate', values['push-rate'], 0.01, 100_000),
    mix: parseMix(values.mix),
    batchSize: integer('batch-size', values['batch-size'], 1, 200),
    size: integer('size', values.size, minPayloadSize, maxPayloadSize),
    // A token of the API is good for 24 h.
    duration: decimal('duration', values.duration, 1, 80_000),
    drain: decimal('drain', values.drain, 0, 3_600),
    churn: decimal('churn', values.churn, 0, 6_000),
    spacing: spacingOf(values.arrivals),
    seed: values.seed === undefined ? randomSeed() : integer('seed', values.seed, 0, 2 ** 32 - 1),
  };
}

function spacingOf(text: string): Spacing {
  const spacing = spacings.find((one) => one === text);
  if (spacing) return spacing;
  throw new OptionError(`--arrivals ${text}: allowed are ${spacings.join(' and ')}`);
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new OptionError(`--${name} ${text}: allowed is an integer from ${min} to ${max}`);
}

function decimal(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
  throw new OptionError(`--${name} ${text}: allowed is a number from ${min} to ${max}`);
}
