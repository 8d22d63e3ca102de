import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roles } from './args.ts';
import type { Unit } from './supervised.ts';

export const instancesFileOf = (dataDir: string): string => join(dataDir, 'instances.json');

/** Tells the console which instances of roles there are to be, and where they say how they do. Nothing in it is secret. */
export function writeInstancesFile(file: string, units: Unit[]): void {
  const instances = units.flatMap(({ role, instance, ops }) =>
    ops && roles.some((one) => one === role) ? [{ role, name: instance, url: new URL(ops.ready).origin }] : [],
  );
  const text = `${JSON.stringify({ instances })}\n`;
  if (text === written(file)) return;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function written(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
