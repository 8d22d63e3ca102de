import type { Limits } from '../../scaling/core/pace.ts';
import { type ScaledRoleName, scaledRoles } from '../../scaling/roles.ts';
import { UpError } from './say.ts';

export interface AutoscaleOptions {
  limits: Record<ScaledRoleName, Limits>;
  /** In place of the plans' own, by role and figure. */
  targets: Record<ScaledRoleName, Record<string, number>>;
  /** Windows and periods are this many times as short. */
  hasten: number;
}

const names = Object.keys(scaledRoles) as ScaledRoleName[];
const defaultMax = 4;
const maxHasten = 1_000;

/**
 * @param autoscale values of `--autoscale`, each empty or `role=min..max` separated by commas; without any nothing is scaled.
 * @param scale what each role starts with: the least of a role that isn't named.
 * @throws UpError, one line that names what is allowed.
 */
export function autoscaleOf(
  given: { autoscale?: string[]; target?: string[]; hasten?: string },
  scale: Record<ScaledRoleName, number>,
  maxInstances: number,
): AutoscaleOptions | undefined {
  if (given.autoscale === undefined) {
    if (given.target || given.hasten) throw new UpError('--target and --hasten are for --autoscale');
    return undefined;
  }
  const limits = {} as Record<ScaledRoleName, Limits>;
  const targets = {} as Record<ScaledRoleName, Record<string, number>>;
  for (const role of names) {
    limits[role] = { min: scale[role], max: Math.max(scale[role], defaultMax) };
    targets[role] = {};
  }
  for (const part of given.autoscale.flatMap((text) => text.split(',')).filter(Boolean)) {
    const { role, range } = rangeOf(part, maxInstances);
    limits[role] = range;
  }
  for (const part of (given.target ?? []).flatMap((text) => text.split(','))) {
    const { role, figure, target } = targetOf(part);
    targets[role][figure] = target;
  }
  return { limits, targets, hasten: hastenOf(given.hasten ?? '1') };
}

/** `--autoscale` alone means `--autoscale=`: the parser knows no option whose value may be left out. */
export function withAutoscaleValue(args: string[]): string[] {
  return args.map((arg, index) => {
    const next = args[index + 1];
    return arg === '--autoscale' && (next === undefined || next.startsWith('-')) ? '--autoscale=' : arg;
  });
}

function rangeOf(part: string, maxInstances: number): { role: ScaledRoleName; range: Limits } {
  const [, name, min, max] = /^([a-z-]+)=(\d+)\.\.(\d+)$/.exec(part) ?? [];
  const role = names.find((one) => one === name);
  const range = { min: Number(min), max: Number(max) };
  if (role && range.min >= 1 && range.min <= range.max && range.max <= maxInstances) return { role, range };
  throw new UpError(
    `--autoscale ${part}: allowed is role=least..most with a role of ${names.join(', ')} and 1 to ${maxInstances}`,
  );
}

function targetOf(part: string): { role: ScaledRoleName; figure: string; target: number } {
  const [, name, figure = '', number] = /^([a-z-]+)\.([a-z_]+)=(\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const role = names.find((one) => one === name);
  const target = Number(number);
  if (role && figure in scaledRoles[role].figures && target > 0) return { role, figure, target };
  const known = names.flatMap((one) => Object.keys(scaledRoles[one].figures).map((each) => `${one}.${each}`));
  throw new UpError(`--target ${part}: allowed is figure=number with a figure of ${known.join(', ')}`);
}

function hastenOf(text: string): number {
  const times = Number(text);
  if (/^\d+$/.test(text) && times >= 1 && times <= maxHasten) return times;
  throw new UpError(`--hasten ${text}: allowed is a number from 1 to ${maxHasten}`);
}
