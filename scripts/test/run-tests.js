import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runWithNode } from '../setup/run-with-node.js';
import { countReport } from './count-report.js';

const projects = ['unit', 'contract', 'integration', 'e2e'];

/** Where the runner's report lies after a full run, from the project's folder. */
export const reportPath = '.cache/test-report.json';

/**
 * Without arguments: linter, type check and all tests, with a summary. With arguments: those tests alone, where a
 * project's name selects the project and everything else goes to vitest as it is.
 *
 * @param {string} node path of the binary that runs the project
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<number>} exit code: 0 if everything passed
 */
export async function runTests(node, root, args) {
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run'];
  if (args.length > 0) {
    const given = args.flatMap((arg) => (projects.includes(arg) ? ['--project', arg] : [arg]));
    return runWithNode(node, [...vitest, ...given], { cwd: root });
  }
  const report = join(root, reportPath);
  rmSync(report, { force: true });
  const steps = {
    lint: [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check'],
    typecheck: [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'],
    tests: [
      ...vitest,
      '--reporter=default',
      `--reporter=${join(root, 'scripts/test/skip-reasons.ts')}`,
      ...['--reporter=json', `--outputFile.json=${report}`],
    ],
  };
  const failed = [];
  for (const [name, command] of Object.entries(steps)) {
    process.stdout.write(`\nlongwire: ${name} …\n`);
    const code = await runWithNode(node, command, { cwd: root });
    // A signal ends the whole run.
    if (code > 128) return code;
    if (code !== 0) failed.push(name);
  }
  const counted = existsSync(report) ? countReport(report) : undefined;
  process.stdout.write(`\nlongwire: ${summary(failed, counted)}\n`);
  return failed.length === 0 && counted?.failed === 0 && counted.passed > 0 ? 0 : 1;
}

function summary(failed, counted) {
  const tests = counted
    ? `${counted.passed} tests passed, ${counted.failed} failed, ${counted.skipped.length} skipped`
    : 'no tests were run';
  return failed.length === 0 ? `${tests}; lint and types are clean` : `${tests}; failed: ${failed.join(', ')}`;
}
