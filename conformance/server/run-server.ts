import { Broken, outcomeOf } from '../check.ts';
import type { Result } from '../report.ts';
import type { Rule } from '../rules.ts';
import { runChecks } from '../runner.ts';
import { checkFrames, framesRule, serverChecks } from './checks.ts';
import { ServerContext, type ServerRun } from './context.ts';
import type { Operator } from './operator.ts';
import type { Target } from './target.ts';
import { Upstream } from './upstream.ts';

export interface ServerRunOptions {
  target: Target;
  operator?: Operator | undefined;
  rules: Rule[];
  slow: boolean;
  done: (result: Result) => void;
}

/** More would be more than a server on the same small machine answers within the deadlines. */
const atOnce = 6;

/**
 * Plays devices against a server, rule by rule.
 *
 * @throws Broken if there is nothing to test: the API or the devices' address can't be reached, or the credentials are refused
 */
export async function runServer({ target, operator, rules, slow, done }: ServerRunOptions): Promise<Result[]> {
  const upstream = await Upstream.open(target);
  const run: ServerRun = { target, upstream, operator, heartbeatMs: 0, slow, faults: [] };
  await firstLogin(run);
  const frames = rules.find(({ id }) => id === framesRule);
  const results = await runChecks({
    rules: rules.filter((rule) => rule !== frames),
    checks: serverChecks,
    slow,
    atOnce,
    begin: async () => new ServerContext(run),
    end: (context) => context.end(),
    done,
  });
  if (frames === undefined) return results;
  const ofFrames = { rule: frames, outcome: await outcomeOf(() => checkFrames(run.faults), 1_000), tookMs: 0 };
  done(ofFrames);
  return rules.map((rule) => (rule === frames ? ofFrames : results.find((result) => result.rule === rule)!));
}

async function firstLogin(run: ServerRun): Promise<void> {
  const context = new ServerContext(run);
  try {
    const { welcome } = await context.online();
    run.heartbeatMs = welcome.heartbeat * 1_000;
  } catch (error) {
    throw new Broken(`no device can log in at ${run.target.url}: ${(error as Error).message}`);
  } finally {
    await context.end();
  }
}
