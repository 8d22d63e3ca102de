import { UsageError } from './faults.ts';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
type Unit = keyof typeof units;

/** A length of time as people write it, in ms; 0 needs no unit. Undefined: it isn't one. */
export function spanMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  if (unit === undefined) return Number(count) === 0 ? 0 : undefined;
  return Number(count) * units[unit as Unit];
}

/** @throws UsageError that says what is allowed. */
export function spanOption(name: string, text: string, range: { least: number; most: number }): number {
  const ms = spanMs(text);
  if (ms !== undefined && ms >= range.least && ms <= range.most) return ms;
  throw new UsageError(
    `--${name} ${text}: allowed is a number with ms, s, m, h or d, from ${spanText(range.least)} to ${spanText(range.most)}`,
  );
}

/** A length of time for people: in the largest unit that divides it, else rounded to one that says enough. */
export function spanText(ms: number): string {
  if (ms === 0) return '0';
  const fit = (['d', 'h', 'm', 's'] as const).find((unit) => ms % units[unit] === 0);
  if (fit) return `${ms / units[fit]}${fit}`;
  if (ms < 1_000) return `${Math.round(ms * 10) / 10}ms`;
  const near = (['d', 'h', 'm', 's'] as const).find((unit) => ms >= units[unit])!;
  return `${Math.round((ms / units[near]) * 10) / 10}${near}`;
}
