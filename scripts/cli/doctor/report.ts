import type { Style, Tone } from '../style.ts';
import type { Check, Finding } from './finding.ts';
import type { Readings } from './readings.ts';

/** A finding with the check that made it. */
export type Result = { check: string } & Finding;

export interface Counted {
  fine: number;
  weak: number;
  wrong: number;
  notChecked: number;
}

export function examine(checks: Check[], readings: Readings): Result[] {
  return checks.flatMap(({ name, run }) => run(readings).map((finding) => ({ check: name, ...finding })));
}

export function countOf(results: Result[]): Counted {
  const of = (state: Finding['state']): number => results.filter((one) => one.state === state).length;
  return { fine: of('fine'), weak: of('weak'), wrong: of('wrong'), notChecked: of('not checked') };
}

const tones: Record<Finding['state'], Tone> = { fine: 'good', weak: 'weak', wrong: 'bad', 'not checked': 'dim' };
const order: Finding['state'][] = ['fine', 'not checked', 'weak', 'wrong'];

/** For people: what is wrong last, where the eye is. What is fine only where all is asked for. */
export function reportText(results: Result[], all: boolean, style: Style): string {
  const width = Math.max(0, ...results.map(({ check }) => check.length));
  const head = ({ state, check, of }: Result): string =>
    `${style(tones[state], state.padEnd(11))}  ${check.padEnd(width)}  ${plain(of)}`;
  const shown = order.flatMap((state) => results.filter((one) => one.state === state && (all || state !== 'fine')));
  const lines = shown.flatMap((one) => {
    if (one.state === 'fine') return [`${head(one)}: ${plain(one.what)}`];
    if (one.state === 'not checked') return [`${head(one)}: ${plain(one.why)}`];
    const indent = ' '.repeat(13);
    return [
      `${head(one)}: ${plain(one.what)}`,
      `${indent}it means: ${plain(one.means)}`,
      `${indent}mend it:  ${plain(one.mend)}`,
    ];
  });
  const { fine, weak, wrong, notChecked } = countOf(results);
  return [...lines, `${fine} fine, ${wrong} wrong, ${weak} weak, ${notChecked} not checked`, ''].join('\n');
}

/** Texts of others are in it: nothing in them may steer the terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
