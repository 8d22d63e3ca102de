import { readFileSync } from 'node:fs';
import type { Instance } from '../../target/target.ts';
import { type Machine, type OpenFiles, type Reading, read, unread } from '../readings.ts';

/** What this machine says of itself, and of the roles' processes on it. */
export function readMachine(instances: Instance[]): Machine {
  return {
    node: process.versions.node,
    openFiles: openFilesOf('self'),
    somaxconn: numberIn('/proc/sys/net/core/somaxconn'),
    processes: instances.flatMap(({ role, instance, pid }) =>
      pid === undefined ? [] : [{ from: `process ${instance}`, role, openFiles: openFilesOf(pid) }],
    ),
  };
}

function openFilesOf(pid: number | 'self'): Reading<OpenFiles> {
  try {
    const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'));
    if (!line) return unread(`/proc/${pid}/limits says nothing of open files`);
    return read({ soft: limitOf(line[1]!), hard: limitOf(line[2]!) });
  } catch (error) {
    return unread(`/proc/${pid}/limits can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const limitOf = (text: string): number => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text));

function numberIn(file: string): Reading<number> {
  try {
    const value = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(value) ? read(value) : unread(`${file} holds no number`);
  } catch (error) {
    return unread(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
