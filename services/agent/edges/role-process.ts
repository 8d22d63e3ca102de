import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readCgroup } from '../../common/cgroup/edges/read-cgroup.ts';
import type { CgroupFigures } from '../../common/cgroup/figures.ts';
import { parseProcessStat } from '../../common/process-stat.ts';
import type { ProcessFigures } from '../metrics.ts';

const ticksPerSecond = 100;
const pageBytes = 4_096;
const stateNames: Record<string, ProcessFigures['state']> = {
  ...{ R: 'running', S: 'sleeping', I: 'sleeping', D: 'disk', T: 'stopped', t: 'stopped', Z: 'zombie', X: 'zombie' },
};

/**
 * The process that listens on a port of this machine or pod. It is seen where both are in one namespace of processes, as
 * one user; elsewhere it is `unknown`.
 */
export class RoleProcess {
  #port: number;
  #found: { pid: number; startTicks: string } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  pid(): number | 'unknown' {
    if (this.#found && statOf(this.#found.pid)?.startTicks === this.#found.startTicks) return this.#found.pid;
    const pid = listenerOn(this.#port);
    const stat = pid === undefined ? undefined : statOf(pid);
    this.#found = pid === undefined || !stat ? undefined : { pid, startTicks: stat.startTicks };
    return this.#found?.pid ?? 'unknown';
  }

  figures(): { process: ProcessFigures | undefined; cgroup: CgroupFigures } {
    const pid = this.pid();
    const stat = pid === 'unknown' ? undefined : statOf(pid);
    if (pid === 'unknown' || !stat) return { process: undefined, cgroup: {} };
    const process = {
      state: stateNames[stat.state] ?? 'other',
      cpuSeconds: stat.cpuTicks / ticksPerSecond,
      residentBytes: stat.residentPages * pageBytes,
      threads: stat.threads,
    };
    return { process, cgroup: readCgroup(pid) };
  }
}

/** Pid of the process that has the listening socket of this port open; undefined if there is none to be seen. */
function listenerOn(port: number): number | undefined {
  const inodes = ['tcp', 'tcp6'].flatMap((table) => listeningInodes(read(`/proc/net/${table}`) ?? '', port));
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  if (wanted.size === 0) return undefined;
  const pids = names('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => names(`/proc/${pid}/fd`).some((fd) => wanted.has(linkOf(`/proc/${pid}/fd/${fd}`))));
  return found === undefined ? undefined : Number(found);
}

/** Lines of `/proc/net/tcp`: number, local address:port in hex, remote, state (0A listens), …, inode in the tenth field. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[1]?.endsWith(suffix) && fields[3] === '0A' ? [fields[9]!] : [];
  });
}

function statOf(pid: number) {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseProcessStat(text);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone meanwhile, another user's, or not of this kernel.
    return undefined;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
