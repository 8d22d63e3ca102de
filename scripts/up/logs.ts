import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';

const limitBytes = 20 * 1024 * 1024;
const everyMs = 10_000;

/**
 * Keeps log files short: one that passed 20 MB is copied to `<file>.1`, in place of the last copy, and emptied. Whoever
 * writes it appends, and notices nothing; lines written in between are lost.
 *
 * @returns what ends it.
 */
export function boundLogs(files: () => string[]): () => void {
  const timer = setInterval(() => {
    for (const file of files()) {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= limitBytes) continue;
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
  }, everyMs);
  return () => clearInterval(timer);
}

/** The last lines of a log, indented, for a message about a failure. */
export function logTail(file: string, lines = 8): string {
  try {
    const text = readFileSync(file, 'utf8').trimEnd();
    const last = text.split('\n').slice(-lines);
    return last.map((line) => `  ${line.slice(0, 500)}`).join('\n');
  } catch {
    return '  (no log)';
  }
}
