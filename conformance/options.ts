import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type RunFile, runFileOf } from '../scripts/up/run-file.ts';
import { type Rule, rules, type Side } from './rules.ts';
import { Operator } from './server/operator.ts';
import type { Target } from './server/target.ts';

/** A fault in what was given: names the option, what is wrong and what is allowed. */
export class OptionError extends Error {}

interface Common {
  rules: Rule[];
  slow: boolean;
  json: boolean;
}
export type Options =
  | ({ mode: 'server'; target: Target; operator: Operator | undefined } & Common)
  | ({ mode: 'client'; command: string[]; jobs: number } & Common)
  | { mode: 'help' };

/** As the protocol has it where nothing is configured. */
const defaultFrameBytes = 16_384;
const maxJobs = 32;
type TextOfTarget = Exclude<keyof Target, 'maxFrameBytes'>;
const ofTarget = {
  url: ['url', undefined],
  api: ['api', undefined],
  appId: ['app-id', 'LONGWIRE_APP_ID'],
  appKey: ['app-key', 'LONGWIRE_APP_KEY'],
  masterSecret: ['master-secret', 'LONGWIRE_MASTER_SECRET'],
  appSecret: ['app-secret', 'LONGWIRE_APP_SECRET'],
} as const satisfies Record<TextOfTarget, readonly [flag: string, env: string | undefined]>;

type Env = Record<string, string | undefined>;
type Given = Record<string, string | boolean | undefined>;

/** @throws OptionError */
export function parseOptions(args: string[], env: Env): Options {
  const end = args.indexOf('--');
  const command = end < 0 ? [] : args.slice(end + 1);
  const { values, positionals } = parsed(end < 0 ? args : args.slice(0, end));
  if (values['help'] === true) return { mode: 'help' };
  const [mode, ...more] = positionals;
  if (mode !== 'server' && mode !== 'client') {
    throw new OptionError(`${mode ?? 'nothing'}: allowed is server or client (--help)`);
  }
  if (more.length > 0) throw new OptionError(`${more[0]}: is one word too many (--help)`);
  const common = { rules: rulesOf(mode, values['only']), slow: values['slow'] === true, json: values['json'] === true };
  if (mode === 'server') {
    if (command.length > 0) throw new OptionError('--: a command is for client');
    return { mode, target: targetOf(values, env), operator: operatorOf(values['run']), ...common };
  }
  const stray = ['run', 'max-frame', ...Object.values(ofTarget).map(([flag]) => flag)].find(
    (flag) => values[flag] !== undefined,
  );
  if (stray !== undefined) throw new OptionError(`--${stray}: is for server`);
  if (command.length === 0) throw new OptionError('the command of the harness is missing: give it after --');
  return { mode, command, jobs: jobsOf(values['jobs']), ...common };
}

function parsed(args: string[]): { values: Given; positionals: string[] } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...Object.fromEntries(Object.values(ofTarget).map(([name]) => [name, text])),
    ...{ run: text, 'max-frame': text, jobs: text, only: text, slow: flag, json: flag, help: flag },
  };
  try {
    return parseArgs({ args, options, allowPositionals: true }) as { values: Given; positionals: string[] };
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('. ')[0]} (--help)`);
  }
}

function rulesOf(side: Side, only: unknown): Rule[] {
  const ofSide = rules.filter((rule) => rule.side === side);
  if (typeof only !== 'string') return ofSide;
  const ids = only.split(',').map((id) => id.trim().toUpperCase());
  const unknown = ids.find((id) => !ofSide.some((rule) => rule.id === id));
  if (unknown !== undefined) throw new OptionError(`--only ${unknown}: is no rule of a ${side}`);
  return ofSide.filter(({ id }) => ids.includes(id));
}

function jobsOf(given: unknown): number {
  if (given === undefined) return 4;
  const jobs = Number(given);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= maxJobs) return jobs;
  throw new OptionError(`--jobs ${String(given)}: allowed is 1 to ${maxJobs}`);
}

function targetOf(values: Given, env: Env): Target {
  const { url, api } = values;
  const maxFrameBytes = frameBytesOf(values['max-frame']);
  if (url === undefined && api === undefined) return { ...runningOf(values['run']), maxFrameBytes };
  if (values['run'] !== undefined) throw new OptionError('--run: is given beside an address, allowed is one of them');
  const need = (name: TextOfTarget): string => {
    const [flag, variable] = ofTarget[name];
    const value = values[flag] ?? (variable === undefined ? undefined : env[variable]);
    if (typeof value === 'string' && value !== '') return value;
    throw new OptionError(`--${flag}: is missing${variable === undefined ? '' : `; give it, or ${variable}`}`);
  };
  return {
    url: checkedUrl('url', need('url'), /^wss?:$/, 'ws(s)://HOST/sdk/v1'),
    api: checkedUrl('api', need('api'), /^https?:$/, 'http(s)://HOST[:PORT]').replace(/\/+$/, ''),
    appId: need('appId'),
    appKey: need('appKey'),
    masterSecret: need('masterSecret'),
    appSecret: need('appSecret'),
    maxFrameBytes,
  };
}

function frameBytesOf(given: unknown): number {
  if (given === undefined) return defaultFrameBytes;
  const bytes = Number(given);
  if (Number.isInteger(bytes) && bytes >= 1_024 && bytes <= 1_048_576) return bytes;
  throw new OptionError(`--max-frame ${String(given)}: allowed is 1024 to 1048576`);
}

function runningOf(given: unknown): Omit<Target, 'maxFrameBytes'> {
  const file = typeof given === 'string' ? resolve(given) : runFileOf(resolve('.longwire'));
  try {
    const { api, sdk, app } = JSON.parse(readFileSync(file, 'utf8')) as RunFile;
    const { appId, appKey, masterSecret, appSecret } = app;
    return { url: sdk, api, appId, appKey, masterSecret, appSecret };
  } catch {
    throw new OptionError(
      `--run ${file}: no system that is up says where it is there; start one with npm run up, or give --url, --api and the app`,
    );
  }
}

/** Of a system whose run file was named: its processes are stopped and killed, which wants to be asked for. */
function operatorOf(run: unknown): Operator | undefined {
  return typeof run === 'string' ? new Operator(resolve(run)) : undefined;
}

function checkedUrl(flag: string, text: string, protocol: RegExp, allowed: string): string {
  if (URL.canParse(text) && protocol.test(new URL(text).protocol)) return text;
  throw new OptionError(`--${flag} ${text}: allowed is ${allowed}`);
}
