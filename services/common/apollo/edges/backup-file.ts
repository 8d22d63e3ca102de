import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { ApolloRelease } from '../../protocol/apollo-answers.ts';

/** The last good releases of a role; never secrets, as a release with one is not taken. */
const Backup = Type.Object({
  /** Whose releases these are: those of another application or environment are not used. */
  of: Type.String(),
  savedMs: Type.Integer(),
  releases: Type.Array(ApolloRelease),
});
export type Backup = Static<typeof Backup>;

const File = Type.Object({ sha256: Type.String(), backup: Type.Unknown() });

/** Larger than any that is written: several namespaces of 1 MiB. */
const maxBytes = 16 * 1024 * 1024;

export const backupFileOf = (dir: string, service: string): string => join(dir, `apollo-${service}.json`);

/** Whoever reads it at any moment finds a whole one: the old or the new. @throws Error if it can't be written. */
export function writeBackup(file: string, backup: Backup): void {
  const text = `${JSON.stringify({ sha256: checksum(backup), backup })}\n`;
  mkdirSync(join(file, '..'), { recursive: true });
  // Instances of a role on one host share the file.
  const part = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = openSync(part, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** @returns the backup, or why it can't be used, in a few words. */
export function readBackup(file: string, of: string): { backup: Backup } | { fault: string } {
  let text: string;
  try {
    if (statSync(file).size > maxBytes) return { fault: 'is too large' };
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { fault: missing ? 'is not there' : `can't be read: ${(error as Error).message}` };
  }
  const parsed = parse(text);
  if (!Check(File, parsed)) return { fault: 'is truncated or damaged' };
  const { sha256, backup } = parsed as Static<typeof File>;
  if (!Check(Backup, backup) || checksum(backup as Backup) !== sha256) return { fault: 'is truncated or damaged' };
  return (backup as Backup).of === of ? { backup: backup as Backup } : { fault: `is of ${(backup as Backup).of}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checksum(backup: Backup): string {
  return createHash('sha256').update(JSON.stringify(backup)).digest('hex');
}
