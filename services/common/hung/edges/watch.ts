import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../outbound/edges/request.ts';
import { hungAfterMs, type Judgement, judge, type Look, lookEveryMs, soundJudgement } from '../judgement.ts';
import { processState } from './process-state.ts';

export interface WatchOptions {
  /** The live page. */
  url: string;
  /** Of the process that answers there now; undefined while there is none, `unknown` if it can't be seen. */
  pid: () => number | 'unknown' | undefined;
  everyMs?: number;
  /** How long it must have had a fault to be hung. */
  afterMs?: number;
  /** Called after each look. Another process is judged anew. */
  onLook: (judgement: Judgement, look: Look) => void;
}

/**
 * Looks at a process again and again, one look at a time.
 *
 * @returns what ends it.
 */
export function watchProcess({
  url,
  pid,
  everyMs = lookEveryMs,
  afterMs = hungAfterMs,
  onLook,
}: WatchOptions): () => void {
  const stopped = new AbortController();
  void run();
  return () => stopped.abort();

  async function run(): Promise<void> {
    let judgement = soundJudgement;
    let judged: number | 'unknown' | undefined;
    while (!stopped.signal.aborted) {
      const atMs = performance.now();
      const looked = pid();
      const look = { atMs, ...(await lookAt(looked, url, everyMs)) };
      if (stopped.signal.aborted) return;
      const nowMs = performance.now();
      judgement = judge(looked === judged ? judgement : soundJudgement, look, nowMs, afterMs);
      judged = looked;
      // A look that another process has come into says nothing.
      if (pid() === looked) onLook(judgement, look);
      await sleep(Math.max(0, everyMs - (nowMs - atMs)), undefined, { signal: stopped.signal }).catch(() => {});
    }
  }
}

async function lookAt(pid: number | 'unknown' | undefined, url: string, limitMs: number): Promise<Omit<Look, 'atMs'>> {
  if (pid === undefined) return { process: 'gone', live: 'not asked' };
  const process = pid === 'unknown' ? pid : processState(pid);
  if (process === 'gone' || process === 'stopped') return { process, live: 'not asked' };
  return { process, live: await liveness(url, limitMs) };
}

async function liveness(url: string, limitMs: number): Promise<Look['live']> {
  try {
    const { status } = await request(url, { deadlineMs: limitMs, maxBytes: 65_536 });
    return status === 200 ? 'ok' : 'failing';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'silent';
  }
}
