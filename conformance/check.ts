/** What became of one rule. */
export type Outcome = { is: 'passed' } | { is: 'failed'; seen: string } | { is: 'not checked'; reason: string };

/** A rule doesn't hold; the message says what was seen. */
export class Broken extends Error {}

/** A rule can't be looked at here; the message says why. */
export class NotChecked extends Error {}

/** @throws Broken with what was seen, unless it holds. */
export function expect(holds: boolean, seen: string | (() => string)): asserts holds {
  if (!holds) throw new Broken(typeof seen === 'string' ? seen : seen());
}

/** Looks at one rule. @throws Broken, NotChecked; any other error is a failure too. */
export interface Check<Context> {
  run: (context: Context) => Promise<void>;
  /** Longest time it may take, ms. */
  limitMs?: number;
  /** It is left out unless slow rules are asked for. */
  slow?: boolean;
  /** It mostly waits: it begins first, and takes no place among those that run at once. */
  waits?: boolean;
  /** It disturbs others: it runs when they are done, and nothing beside it. */
  alone?: boolean;
}

/** Checks by the number of their rule. */
export type Checks<Context> = Record<string, Check<Context> | Check<Context>['run']>;

export const defaultLimitMs = 25_000;

/** Runs one check within its time. Never rejects. */
export async function outcomeOf(run: () => Promise<void>, limitMs: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken(`nothing came of it within ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), late]);
    return { is: 'passed' };
  } catch (error) {
    if (error instanceof NotChecked) return { is: 'not checked', reason: error.message };
    return { is: 'failed', seen: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
