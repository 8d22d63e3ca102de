import { createHash } from 'node:crypto';

/** What INFO tells of one server. */
export interface ServerInfo {
  /** Names the process, and the turn in which it became a master. */
  runId: string;
  isMaster: boolean;
  isLoading: boolean;
  evictedKeys: number;
  /** Policy by which the server drops keys when memory is full; undefined if it drops none. */
  evicting: string | undefined;
}

export function readServerInfo(text: string): ServerInfo {
  const of = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\s*$`, 'm').exec(text)?.[1];
  const policy = of('maxmemory_policy') ?? 'noeviction';
  const limited = Number(of('maxmemory') ?? 0) > 0;
  return {
    runId: nameOf(of('run_id') ?? 'unknown', of('master_replid'), of('master_replid2')),
    isMaster: (of('role') ?? 'master') === 'master',
    isLoading: of('loading') === '1',
    evictedKeys: Number(of('evicted_keys') ?? 0),
    evicting: limited && policy !== 'noeviction' ? policy : undefined,
  };
}

/** A process that was a replica before has another name each time it is promoted: what it took over may lack the last moments. */
function nameOf(runId: string, history: string | undefined, before: string | undefined): string {
  if (history === undefined || before === undefined || /^0*$/.test(before)) return runId;
  return createHash('sha1').update(`${runId} ${history}`).digest('hex');
}

/** One name for several servers: another one as soon as one of them is. */
export function epochOf(runIds: string[]): string {
  if (runIds.length === 1) return runIds[0]!;
  return createHash('sha1')
    .update([...runIds].sort().join(' '))
    .digest('hex');
}
