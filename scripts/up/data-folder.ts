import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from './process-table.ts';
import { UpError } from './say.ts';

interface Holder {
  pid: number;
  /** See `startOf`. */
  start: string;
  stopping: boolean;
}

/** A data folder that this process alone works on. */
export interface DataFolder {
  /** Without symbolic links. */
  path: string;
  /** Tells whoever wants the folder that it will be free in a moment. */
  announceStop(): void;
  /** May be called twice. */
  release(): void;
}

/** How long to wait for a holder that is about to stop. */
const stopWaitMs = 40_000;

/**
 * Makes the folder if it is missing, and takes it. One whose holder was killed is taken over; one whose holder is
 * stopping is waited for.
 *
 * @throws UpError if another `up` works on it, or it can't be made.
 */
export async function takeDataFolder(dir: string): Promise<DataFolder> {
  const path = made(dir);
  const file = join(path, 'lock');
  const self: Holder = { pid: process.pid, start: startOf(process.pid) ?? '', stopping: false };
  for (const end = Date.now() + stopWaitMs; !written(file, self); await sleep(50)) {
    const holder = read(file);
    if (holder && startOf(holder.pid) === holder.start) {
      if (holder.stopping && Date.now() < end) continue;
      throw new UpError(
        `${dir} is in use by another up (pid ${holder.pid}); stop that one or choose another with --data`,
      );
    }
    setAside(file, holder);
  }
  return {
    path,
    announceStop() {
      try {
        replace(file, { ...self, stopping: true });
      } catch {
        // The folder went away meanwhile. All the more reason to take everything down.
      }
    },
    release: () => {
      if (read(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

function made(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return realpathSync(dir);
  } catch (error) {
    throw new UpError(`${dir} can't be used for data (${(error as Error).message}); choose another with --data`);
  }
}

/** @returns false if there is a lock already. */
function written(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new UpError(`${file} can't be written: ${(error as Error).message}`);
  }
}

function replace(file: string, holder: Holder): void {
  writeFileSync(`${file}.new`, JSON.stringify(holder));
  renameSync(`${file}.new`, file);
}

/** Of two that find the same dead holder's lock, one moves it and the other finds another's or none. */
function setAside(file: string, seen: Holder | undefined): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    const moved = read(aside);
    if (moved && moved.start !== seen?.start) renameSync(aside, file);
    else rmSync(aside, { force: true });
  } catch {
    // Somebody else was quicker.
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
