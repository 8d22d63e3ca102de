import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { mysqlImageVariable, startDatabase } from '../rigs/mysql.ts';
import { redisImageVariable, startRedis } from '../rigs/redis.ts';
import { mysqlVersion, redisVersion } from '../rigs/store-version.ts';

const { [redisImageVariable]: redisImage, [mysqlImageVariable]: mysqlImage } = process.env;

function ownFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-own-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test.skipIf(redisImage === undefined)(
  'the Redis of all tests, and one that a test starts, are what the image says (skipped: MySQL alone)',
  async () => {
    const said = { 'redis:7': /^Redis 7\./, 'redis:8': /^Redis 8\./, 'valkey/valkey:8': /^Valkey 8\./ }[redisImage!]!;
    expect(await redisVersion(inject('redisUrl'))).toMatch(said);
    const own = await startRedis({ dir: ownFolder() });
    onTestFinished(() => own.end());
    expect(await redisVersion(own.url)).toMatch(said);
  },
);

test.skipIf(mysqlImage === undefined)(
  'the MySQL of all tests, and one that a test starts, is a MySQL of 8.4 or later (skipped: Redis alone)',
  async () => {
    const own = await startDatabase({ dir: ownFolder() });
    onTestFinished(() => own.end());
    for (const url of [inject('mysqlUrl'), own.url]) {
      const [, number] = /^MySQL (\d+\.\d+)\./.exec(await mysqlVersion(url)) ?? [];
      expect(Number(number)).toBeGreaterThanOrEqual(8.4);
    }
  },
);
