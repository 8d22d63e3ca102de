import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../core/options.ts';
import type { RunningSystem } from '../core/target.ts';

export const surroundings: Surroundings = {
  env: process.env,
  runningIn(dataDir) {
    try {
      return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunningSystem;
    } catch {
      return undefined;
    }
  },
  randomSeed: () => randomInt(2 ** 32),
};

/** Files that this process and its workers may have open, each; undefined where the system doesn't say. */
export function openFilesLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
