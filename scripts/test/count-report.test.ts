import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
function judged(files: { status: string; assertionResults: Result[] }[] | undefined, code = 0) {
  const report = join(dir, 'report.json');
  rmSync(report, { force: true });
  const testResults = files?.map((file) => ({ name: '/x/test/a.test.ts', ...file }));
  if (testResults) writeFileSync(report, JSON.stringify({ testResults }));
  const { status, stdout } = spawnSync(process.execPath, [verdict, report, String(code)], { encoding: 'utf8' });
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
