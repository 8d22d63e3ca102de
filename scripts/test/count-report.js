import { readFileSync } from 'node:fs';

/**
 * Counts vitest's JSON report. A file that failed as a whole, without one failed test of its own, counts as one failure.
 *
 * @param {string} file
 * @returns {{passed: number, failed: number, skipped: {name: string, reason: string}[]}} reason: empty if none was given
 */
export function countReport(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  let passed = 0;
  let failed = 0;
  const skipped = [];
  for (const { name, status, assertionResults } of report.testResults) {
    const failedHere = assertionResults.filter((test) => test.status === 'failed').length;
    failed += failedHere > 0 || status !== 'failed' ? failedHere : 1;
    passed += assertionResults.filter((test) => test.status === 'passed').length;
    for (const test of assertionResults) {
      if (test.status === 'passed' || test.status === 'failed') continue;
      skipped.push({
        name: `${name.replace(/^.*\/(?=test\/|services\/|sdk\/|scripts\/)/, '')}: ${test.fullName}`,
        reason: test.meta?.skipReason ?? '',
      });
    }
  }
  return { passed, failed, skipped };
}
