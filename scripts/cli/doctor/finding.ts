import type { Readings } from './readings.ts';

/** What a check says of one thing it looked at. */
export type Finding = { of: string } & (
  | { state: 'fine'; what: string }
  /** `wrong` loses messages or keeps somebody out, `weak` works for now; `means` says which, `mend` what to do. */
  | { state: 'wrong' | 'weak'; what: string; means: string; mend: string }
  | { state: 'not checked'; why: string }
);

/** A rule over what was read. Pure: it asks nobody. */
export interface Check {
  name: string;
  run(readings: Readings): Finding[];
}

export const fine = (of: string, what: string): Finding => ({ of, state: 'fine', what });
export const notChecked = (of: string, why: string): Finding => ({ of, state: 'not checked', why });

/** A fault with what it means and how it is mended. */
export function fault(state: 'wrong' | 'weak', of: string, what: string, means: string, mend: string): Finding {
  return { of, state, what, means, mend };
}
