import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { countSurefire } from './count-surefire.js';

const dir = mkdtempSync(join(tmpdir(), 'longwire-surefire-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function report(module: string, name: string, text: string): void {
  const folder = join(dir, module, 'target/surefire-reports');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

test('the reports of all modules are added up, those that are cut off count as failures', () => {
  expect(countSurefire(join(dir, 'missing'))).toEqual({ passed: 0, failed: 0, skipped: [] });
  const suite = (counts: string, cases = '') =>
    `<?xml version="1.0"?>\n<testsuite xmlns:xsi="x" version="3.0" name="a.B" time="1.5" ${counts}>${cases}</testsuite>`;
  report('core', 'TEST-a.B.xml', suite('tests="7" errors="1" skipped="0" failures="2"'));
  report(
    'android',
    'TEST-a.C.xml',
    suite(
      'tests="3" errors="0" skipped="2" failures="0"',
      '<testcase name="runs" classname="a.C" time="0.1"/><testcase name="odd" classname="a.C" time="0">\n<skipped message="needs a phone"/></testcase>' +
        '<testcase name="off" classname="a.C" time="0">\n<skipped/></testcase>',
    ),
  );
  report('android', 'a.C.txt', 'not counted');
  const skipped = [
    { name: 'a.C: odd', reason: 'needs a phone' },
    { name: 'a.C: off', reason: '' },
  ];
  expect(countSurefire(dir)).toEqual({ passed: 5, failed: 3, skipped });
  report('core', 'TEST-a.D.xml', '<?xml version="1.0"?>\n<testsuite name="a.D" tests="4"');
  expect(countSurefire(dir)).toEqual({ passed: 5, failed: 4, skipped });
});
