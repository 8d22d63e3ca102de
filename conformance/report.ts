import type { Outcome } from './check.ts';
import type { Rule } from './rules.ts';

export interface Result {
  rule: Rule;
  outcome: Outcome;
  /** ms; 0 if it wasn't run. */
  tookMs: number;
}

/** A rule and what became of it, on one line or two. */
export function lineOf({ rule, outcome }: Result): string {
  const head = (word: string): string => `${rule.id.padEnd(5)} ${word.padEnd(11)} ${rule.text}\n`;
  switch (outcome.is) {
    case 'passed':
      return head('passed');
    case 'failed':
      return `${head('FAILED')}${' '.repeat(18)}seen: ${outcome.seen}\n`;
    case 'not checked':
      return `${head('not checked')}${' '.repeat(18)}${outcome.reason}\n`;
  }
}

export function countsOf(results: Result[]): { passed: number; failed: number; notChecked: number } {
  const count = (is: Outcome['is']): number => results.filter(({ outcome }) => outcome.is === is).length;
  return { passed: count('passed'), failed: count('failed'), notChecked: count('not checked') };
}

export function summaryOf(results: Result[]): string {
  const { passed, failed, notChecked } = countsOf(results);
  const named = results.filter(({ outcome }) => outcome.is === 'failed').map(({ rule }) => rule.id);
  const which = failed === 0 ? '' : ` (${named.join(', ')})`;
  return `${passed} passed, ${failed} failed${which}, ${notChecked} not checked\n`;
}

/** The whole of a run as JSON. */
export function documentOf(side: string, tested: string, results: Result[]): object {
  return {
    side,
    tested,
    ...countsOf(results),
    rules: results.map(({ rule, outcome, tookMs }) => ({
      id: rule.id,
      text: rule.text,
      outcome: outcome.is,
      ...(outcome.is === 'failed' ? { seen: outcome.seen } : {}),
      ...(outcome.is === 'not checked' ? { reason: outcome.reason } : {}),
      tookMs,
    })),
  };
}
