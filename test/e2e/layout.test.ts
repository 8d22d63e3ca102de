import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../rigs/process.ts';
import { startSystem } from '../rigs/system.ts';

async function withData(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'longwire-layout-'));
  try {
    await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

test('an im with other partitions than user-redis ends at its start, with one line that has both values', () =>
  withData(async (dataDir) => {
    const starting = startSystem({ dataDir, settings: ['user-redis.routePartitions=8'] }).then(async (system) => {
      await system.stop();
      return 'it started';
    });
    await expect(starting).rejects.toThrow('routePartitions: is 16 here and 8 in user-redis');
  }));

test('a role of an earlier generation than another ends at its start, or says so as soon as it knows', () =>
  withData(async (dataDir) => {
    const log = (): string => readFileSync(join(dataDir, 'logs', 'im-1.log'), 'utf8');
    const system = await startSystem({ dataDir, settings: ['cm.routeGeneration=2'] }).catch(() => undefined);
    await waitFor(
      'im says what does not fit',
      () => log().includes('routeGeneration: is 1 here and 2 in another role'),
      30_000,
    );
    await system?.stop();
  }));
