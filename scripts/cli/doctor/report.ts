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

/**
 * For people: what is wrong last, where the eye is. What is fine only where all is asked for.
 *
 * @param columns of the terminal; undefined: a line for each thing that is said.
 */
export function reportText(results: Result[], all: boolean, style: Style, columns?: number): string {
  const width = Math.max(0, ...results.map(({ check }) => check.length));
  const head = ({ state, check }: Result): string => `${style(tones[state], state.padEnd(11))}  ${check.padEnd(width)}`;
  const shown = order.flatMap((state) => results.filter((one) => one.state === state && (all || state !== 'fine')));
  const lines = shown.flatMap((one) => {
    const says = one.state === 'not checked' ? one.why : one.what;
    const first = wrapped(`${plain(one.of)}: ${plain(says)}`, columns && columns - width - 15, 15 + width);
    const line = `${head(one)}  ${first}`;
    if (one.state === 'fine' || one.state === 'not checked') return [line];
    const below = (name: string, text: string): string =>
      `${' '.repeat(13)}${name}${wrapped(plain(text), columns && columns - 23, 23)}`;
    return [line, below('it means: ', one.means), below('mend it:  ', one.mend)];
  });
  const { fine, weak, wrong, notChecked } = countOf(results);
  return [...lines, `${fine} fine, ${wrong} wrong, ${weak} weak, ${notChecked} not checked`, ''].join('\n');
}

const leastColumns = 30;

/** Broken at spaces; what follows begins at the indent. */
function wrapped(text: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || columns < leastColumns) return text;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** Texts of others are in it: nothing in them may steer the terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
