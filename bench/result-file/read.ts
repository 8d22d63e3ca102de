import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Check } from 'typebox/value';
import { type Result, schemas } from './schemas.ts';

/** What is kept of measurements, by the file's name without its ending, in the order of names. @throws Error for a file of another form */
export function resultsIn(folder: string): Map<string, Result> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name.slice(0, -'.json'.length), read(join(folder, name))]));
}

function read(file: string): Result {
  const found = JSON.parse(readFileSync(file, 'utf8')) as Result;
  const schema = schemas[found.kind];
  if (schema === undefined || !Check(schema, found)) throw new Error(`${file}: not the result of a bench`);
  return found;
}
