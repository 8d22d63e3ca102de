import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Counts the reports that Maven's surefire writes for the modules of a project: `MODULE/target/surefire-reports/TEST-*.xml`.
 *
 * @param {string} project its folder
 * @returns {{passed: number, failed: number, skipped: {name: string, reason: string}[]}} as `countReport`
 */
export function countSurefire(project) {
  const counted = { passed: 0, failed: 0, skipped: [] };
  for (const file of reportsOf(project)) {
    const text = readFileSync(file, 'utf8');
    const [, head] = /<testsuite\s([^>]*)>/.exec(text) ?? [];
    const of = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head ?? '')?.[1] ?? Number.NaN);
    const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map(of);
    if (!Number.isInteger(tests + failures + errors + skipped)) {
      // A report that was cut off is a run that was.
      counted.failed++;
      continue;
    }
    counted.passed += tests - failures - errors - skipped;
    counted.failed += failures + errors;
    counted.skipped.push(...skippedIn(text));
  }
  return counted;
}

/**
 * @param {string} project its folder
 * @returns {string[]} of each module that has been tested
 */
export function surefireFolders(project) {
  if (!existsSync(project)) return [];
  return readdirSync(project)
    .map((module) => join(project, module, 'target/surefire-reports'))
    .filter((folder) => existsSync(folder));
}

function reportsOf(project) {
  return surefireFolders(project)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /\/TEST-[^/]+\.xml$/.test(file));
}

function skippedIn(text) {
  const cases = text.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*[^/]>\s*<skipped(?: message="([^"]*)")?/g,
  );
  return [...cases].map(([, name, className, reason]) => ({ name: `${className}: ${name}`, reason: reason ?? '' }));
}
