import { clientRules } from './rules/client.ts';
import { serverRules } from './rules/server.ts';

/** Who is bound by a rule. */
export type Side = 'server' | 'client';

/** One rule of the device protocol. Its number never changes and is never given to another one. */
export interface Rule {
  /** `D1` to `D99` bind servers, from `D101` on SDKs. */
  id: string;
  side: Side;
  text: string;
  /** Words of docs/protocol.md that say so. */
  quote: string;
  /** What the kit has to be given to look at it, beside a server's address and an app. */
  needs?: string;
}

/** A line of a table of rules: number, text, words of the page, and what its check needs. */
export type RuleLine = [number: number, text: string, quote: string, needs?: string];

export function rulesOf(side: Side, lines: RuleLine[]): Rule[] {
  return lines.map(([number, text, quote, needs]) => ({
    id: `D${number}`,
    side,
    text,
    quote,
    ...(needs === undefined ? {} : { needs }),
  }));
}

/** Every rule, by number. */
export const rules: readonly Rule[] = [...rulesOf('server', serverRules), ...rulesOf('client', clientRules)];
