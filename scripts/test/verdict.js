import { existsSync } from 'node:fs';
import { countReport } from './count-report.js';
import { countSurefire } from './count-surefire.js';

/**
 * For CI: `node verdict.js REPORT CODE [MAVEN PROJECT]` says what a test run came to, from the runner's report, the exit code of
 * `npm test` and surefire's reports, of which there must be some. Its last line is `N passed, N failed`, with `, N skipped` if there were any. Exits 0 if all is well: a skip
 * that names no reason, or that has to do with a server, is not: here every server can be started.
 */
const [report = '', code = '1', maven] = process.argv.slice(2);
const ofRunner = existsSync(report) ? countReport(report) : { passed: 0, failed: 0, skipped: [] };
const ofMaven = maven === undefined ? undefined : countSurefire(maven);
const passed = ofRunner.passed + (ofMaven?.passed ?? 0);
const failed = ofRunner.failed + (ofMaven?.failed ?? 0);
const skipped = [...ofRunner.skipped, ...(ofMaven?.skipped ?? [])];

const aboutServer = /\b(needs|not available|kafka|java|redis|mariadb|mysql)\b/i;
const faults = [];
for (const { name, reason } of skipped) {
  process.stdout.write(`skipped: ${name}: ${reason || 'no reason given'}\n`);
  if (!reason) faults.push(`a test was skipped without a reason: ${name}`);
  else if (aboutServer.test(`${name} ${reason}`)) faults.push(`a test was skipped as a server was missing: ${name}`);
}
if (code !== '0' && failed === 0) faults.push(`npm test ended with code ${code}`);
if (passed + failed === 0) faults.push('no test was run');
else if (ofRunner.passed + ofRunner.failed === 0) faults.push("no test was run but Maven's");
if (ofMaven && ofMaven.passed + ofMaven.failed === 0) faults.push(`no test was run in ${maven}`);
for (const fault of faults) process.stdout.write(`failed: ${fault}\n`);

const counts = [`${passed} passed`, `${failed + faults.length} failed`];
if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
process.stdout.write(`${counts.join(', ')}\n`);
process.exitCode = failed + faults.length === 0 ? 0 : 1;
