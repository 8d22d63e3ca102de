import { type Check, type Checks, defaultLimitMs, type Outcome, outcomeOf } from './check.ts';
import type { Result } from './report.ts';
import type { Rule } from './rules.ts';

export interface RunOptions<Context> {
  rules: Rule[];
  checks: Checks<Context>;
  /** Rules that mostly take time are run too. */
  slow: boolean;
  /** Checks at once, beside those that wait. */
  atOnce: number;
  /** A context for one check. */
  begin: (rule: Rule) => Promise<Context>;
  end: (context: Context) => Promise<void>;
  /** Told of each rule as it is done. */
  done: (result: Result) => void;
}

/** Looks at each rule, several at once. Never rejects for what a check does. @returns results in the order of the rules */
export async function runChecks<Context>(options: RunOptions<Context>): Promise<Result[]> {
  const { rules, checks, slow, done } = options;
  const results = new Map<Rule, Result>();
  const finish = (rule: Rule, outcome: Outcome, tookMs = 0): void => {
    const result = { rule, outcome, tookMs: Math.round(tookMs) };
    results.set(rule, result);
    done(result);
  };
  const waiting: Promise<void>[] = [];
  const last: { rule: Rule; check: Check<Context> }[] = [];
  const queue: { rule: Rule; check: Check<Context> }[] = [];
  for (const rule of rules) {
    const check = checkOf(checks, rule);
    if (check === undefined) finish(rule, { is: 'not checked', reason: 'there is no check of it' });
    else if (check.slow && !slow) finish(rule, { is: 'not checked', reason: 'it takes long: --slow checks it' });
    else if (check.alone) last.push({ rule, check });
    else if (check.waits) waiting.push(one(rule, check));
    else queue.push({ rule, check });
  }
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await one(next.rule, next.check);
  };
  await Promise.all([...waiting, ...Array.from({ length: options.atOnce }, worker)]);
  for (const { rule, check } of last) await one(rule, check);
  return rules.map((rule) => results.get(rule)!);

  async function one(rule: Rule, check: Check<Context>): Promise<void> {
    const from = performance.now();
    let context: Context | undefined;
    const run = async (): Promise<void> => {
      context = await options.begin(rule);
      await check.run(context);
    };
    const outcome = await outcomeOf(run, check.limitMs ?? defaultLimitMs);
    if (context !== undefined) await options.end(context).catch(() => {});
    finish(rule, outcome, performance.now() - from);
  }
}

export function checkOf<Context>(checks: Checks<Context>, { id }: Rule): Check<Context> | undefined {
  const check = checks[id];
  return typeof check === 'function' ? { run: check } : check;
}
