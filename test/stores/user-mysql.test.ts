import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startDatabase } from '../rigs/mysql.ts';
import { mysqlVersion } from '../rigs/store-version.ts';

test('the MySQL of all tests, and one that a test starts, are a MySQL of 8.4 or later', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-own-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const own = await startDatabase({ dir });
  onTestFinished(() => own.end());
  for (const url of [inject('mysqlUrl'), own.url]) {
    const [, number] = /^MySQL (\d+\.\d+)\./.exec(await mysqlVersion(url)) ?? [];
    expect(Number(number)).toBeGreaterThanOrEqual(8.4);
  }
});
