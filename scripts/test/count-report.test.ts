import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'longwire-report-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const verdict = new URL('./verdict.js', import.meta.url).pathname;

interface Result {
  status: 'passed' | 'failed' | 'skipped';
  fullName: string;
  meta?: { skipReason?: string };
}

/** What CI says of a report: its last line, and its exit code. */
function judged(files: { status: string; assertionResults: Result[] }[] | undefined, code = 0, maven: string[] = []) {
  const report = join(dir, 'report.json');
  rmSync(report, { force: true });
  const testResults = files?.map((file) => ({ name: '/x/test/a.test.ts', ...file }));
  if (testResults) writeFileSync(report, JSON.stringify({ testResults }));
  const { status, stdout } = spawnSync(process.execPath, [verdict, report, String(code), ...maven], {
    encoding: 'utf8',
  });
  return [stdout.trimEnd().split('\n').at(-1), status];
}

const passed: Result = { status: 'passed', fullName: 'works' };
const failed: Result = { status: 'failed', fullName: 'breaks' };
const skipped = (skipReason?: string): Result => ({
  status: 'skipped',
  fullName: 'left out',
  ...(skipReason === undefined ? {} : { meta: { skipReason } }),
});

test('all passed', () => {
  expect(judged([{ status: 'passed', assertionResults: [passed, passed] }])).toEqual(['2 passed, 0 failed', 0]);
});

test('failed tests, and files that failed as a whole, are counted', () => {
  const files = [
    { status: 'failed', assertionResults: [passed, failed] },
    { status: 'failed', assertionResults: [] },
  ];
  expect(judged(files, 1)).toEqual(['1 passed, 2 failed', 1]);
});

test('a skip with a reason passes, one without or for a missing server fails', () => {
  const withSkip = (reason?: string) => [{ status: 'passed', assertionResults: [passed, skipped(reason)] }];
  expect(judged(withSkip('skipped: only on big machines'))).toEqual(['1 passed, 0 failed, 1 skipped', 0]);
  expect(judged(withSkip())).toEqual(['1 passed, 1 failed, 1 skipped', 1]);
  expect(judged(withSkip('needs Kafka: no java'))).toEqual(['1 passed, 1 failed, 1 skipped', 1]);
});

test('a run that ended early, or tested nothing, fails', () => {
  expect(judged(undefined, 1)).toEqual(['0 passed, 2 failed', 1]);
  expect(judged([{ status: 'passed', assertionResults: [passed] }], 124)).toEqual(['1 passed, 1 failed', 1]);
  expect(judged([])).toEqual(['0 passed, 1 failed', 1]);
});

test("Maven's tests are counted too, and there must be some where a project is named", () => {
  const project = join(dir, 'java');
  const files = [{ status: 'passed', assertionResults: [passed] }];
  const write = (module: string, name: string, text: string) => {
    const reports = join(project, module, 'target/surefire-reports');
    mkdirSync(reports, { recursive: true });
    writeFileSync(join(reports, name), text);
  };
  const suite = (counts: string, cases = '') =>
    `<?xml version="1.0"?>\n<testsuite name="a" ${counts}>${cases}</testsuite>`;
  expect(judged(files, 0, [project])).toEqual(['1 passed, 1 failed', 1]);
  write('core', 'TEST-a.xml', suite('tests="3" errors="0" skipped="0" failures="0"'));
  write('core', 'a.txt', 'not counted');
  expect(judged(files, 0, [project])).toEqual(['4 passed, 0 failed', 0]);
  expect(judged(undefined, 0, [project])).toEqual(['3 passed, 1 failed', 1]);
  const odd = '<testcase name="odd" classname="a.B" time="0">\n<skipped message="only on a phone"/></testcase>';
  write('android', 'TEST-b.xml', suite('tests="2" errors="0" skipped="1" failures="0"', odd));
  expect(judged(files, 0, [project])).toEqual(['5 passed, 0 failed, 1 skipped', 0]);
  write(
    'android',
    'TEST-b.xml',
    suite('tests="2" errors="0" skipped="1" failures="0"', odd.replace(/ message="[^"]*"/, '')),
  );
  expect(judged(files, 0, [project])).toEqual(['5 passed, 1 failed, 1 skipped', 1]);
  write('android', 'TEST-b.xml', suite('tests="7" errors="1" skipped="0" failures="2"'));
  expect(judged(files, 1, [project])).toEqual(['8 passed, 3 failed', 1]);
  // One that was cut off is a run that was.
  write('android', 'TEST-b.xml', '<?xml version="1.0"?>\n<testsuite name="b" tests="4"');
  expect(judged(files, 0, [project])).toEqual(['4 passed, 1 failed', 1]);
});
