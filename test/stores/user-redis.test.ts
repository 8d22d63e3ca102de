import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { redisImageVariable, startRedis } from '../rigs/redis.ts';
import { redisVersion } from '../rigs/store-version.ts';

const versions: Record<string, RegExp> = {
  'redis:7': /^Redis 7\./,
  'redis:8': /^Redis 8\./,
  'valkey/valkey:8': /^Valkey 8\./,
};

test('the Redis of all tests, and one that a test starts, are what the image says', async () => {
  const said = versions[process.env[redisImageVariable]!]!;
  expect(await redisVersion(inject('redisUrl'))).toMatch(said);
  const dir = mkdtempSync(join(tmpdir(), 'longwire-own-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const own = await startRedis({ dir });
  onTestFinished(() => own.end());
  expect(await redisVersion(own.url)).toMatch(said);
});
