import { existsSync } from 'node:fs';
import { countReport } from './count-report.js';

/**
 * For CI: `node verdict.js REPORT CODE` says what a test run came to, from the runner's report and the exit code of
 * `npm test`. Its last line is `N passed, N failed`, with `, N skipped` if there were any. Exits 0 if all is well: a skip
 * that names no reason, or that has to do with a server, is not: here every server can be started.
 */
const [report = '', code = '1'] = process.argv.slice(2);
const { passed, failed, skipped } = existsSync(report) ? countReport(report) : { passed: 0, failed: 0, skipped: [] };

const aboutServer = /\b(needs|not available|kafka|java|redis|mariadb|mysql)\b/i;
const faults = [];
for (const { name, reason } of skipped) {
  process.stdout.write(`skipped: ${name}: ${reason || 'no reason given'}\n`);
  if (!reason) faults.push(`a test was skipped without a reason: ${name}`);
  else if (aboutServer.test(`${name} ${reason}`)) faults.push(`a test was skipped as a server was missing: ${name}`);
}
if (code !== '0' && failed === 0) faults.push(`npm test ended with code ${code}`);
if (passed + failed === 0) faults.push('no test was run');
for (const fault of faults) process.stdout.write(`failed: ${fault}\n`);

const counts = [`${passed} passed`, `${failed + faults.length} failed`];
if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
process.stdout.write(`${counts.join(', ')}\n`);
process.exitCode = failed + faults.length === 0 ? 0 : 1;
