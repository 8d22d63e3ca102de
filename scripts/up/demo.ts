import type { RunFile } from './run-file.ts';
import type { Up } from './up.ts';

/** PLACEHOLDER */
export async function startDemo(_run: RunFile, up: Up, _dataDir: string): Promise<() => Promise<void>> {
  return up.stop;
}
