import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf } from '../check.ts';
import type { Result } from '../report.ts';
import type { Rule } from '../rules.ts';
import { runChecks } from '../runner.ts';
import { checkFrames } from '../server/checks.ts';
import { clientChecks, framesRule } from './checks.ts';
import { ClientContext, type ClientRun } from './context.ts';
import { Harness } from './harness.ts';

export interface ClientRunOptions {
  /** The harness and its arguments. */
  command: string[];
  rules: Rule[];
  slow: boolean;
  /** Harnesses at once. */
  jobs: number;
  done: (result: Result) => void;
}

/**
 * Is the server of an SDK, rule by rule.
 *
 * @throws Broken if the harness can't be started
 */
export async function runClient(options: ClientRunOptions): Promise<{ tested: string; results: Result[] }> {
  const { command, rules, slow, jobs, done } = options;
  const folder = mkdtempSync(join(tmpdir(), 'longwire-conformance-'));
  const run: ClientRun = { command, folder, faults: [] };
  const first = await Harness.start(command);
  const idle = [first];
  try {
    const frames = rules.find(({ id }) => id === framesRule);
    const results = await runChecks({
      rules: rules.filter((rule) => rule !== frames),
      checks: clientChecks,
      slow,
      atOnce: jobs,
      begin: () => ClientContext.begin(run, idle.pop()),
      async end(context) {
        const harness = await context.end();
        if (harness !== undefined) idle.push(harness);
      },
      done,
    });
    if (frames === undefined) return { tested: first.sdk, results };
    const ofFrames = { rule: frames, outcome: await outcomeOf(() => checkFrames(run.faults), 1_000), tookMs: 0 };
    done(ofFrames);
    const all = rules.map((rule) => (rule === frames ? ofFrames : results.find((result) => result.rule === rule)!));
    return { tested: first.sdk, results: all };
  } finally {
    await Promise.all(idle.map((harness) => harness.end()));
    rmSync(folder, { recursive: true, force: true });
  }
}
