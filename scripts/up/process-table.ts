import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseProcessStat } from '../../services/common/process-stat.ts';

/** Set in the environment of every process that one `up` starts; its value is the path of the data folder. */
export const marker = 'LONGWIRE_UP_DATA';

/**
 * When a process started, in the kernel's ticks: with the pid it names one process for as long as the machine runs.
 * Undefined if there is no such process.
 */
export function startOf(pid: number): string | undefined {
  try {
    const { state, startTicks } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return state === 'Z' ? undefined : startTicks;
  } catch {
    return undefined;
  }
}

/** Processes that an `up` on this data folder started and that still run, whoever their parent is by now. */
export function startedFor(dataDir: string): number[] {
  const wanted = `${marker}=${dataDir}`;
  return running((pid) => environmentOf(pid).includes(wanted) || isRedisIn(pid, dataDir));
}

/** Processes that still run and work below this folder, or were started with `variable` set to it. */
export function workingBelow(dir: string, variable: string): number[] {
  const isOurs = (entry: string): boolean => entry === `${variable}=${dir}` || entry.startsWith(`${marker}=${dir}/`);
  return running((pid) => environmentOf(pid).some(isOurs) || isRedisIn(pid, dir));
}

/** Ends every process that `find` finds: SIGTERM, and after `graceMs` SIGKILL. @returns how many there were */
export async function endAll(find: () => number[], graceMs: number): Promise<number> {
  const first = find();
  for (const pid of first) signal(pid, 'SIGTERM');
  for (const end = Date.now() + graceMs; find().length > 0 && Date.now() < end; ) await sleep(50);
  for (const last = Date.now() + 5_000; Date.now() < last; await sleep(50)) {
    const left = find();
    if (left.length === 0) break;
    for (const pid of left) signal(pid, 'SIGKILL');
  }
  return first.length;
}

function running(isOurs: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && startOf(pid) !== undefined && isOurs(pid));
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Gone meanwhile, or another user's.
    return [];
  }
}

/** Redis writes its title over its environment: it is known by its name and by where it works. */
function isRedisIn(pid: number, dataDir: string): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return /^(redis|valkey)-server/.test(name) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${dataDir}/`);
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile.
  }
}
