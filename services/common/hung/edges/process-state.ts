import { readFileSync } from 'node:fs';
import { parseProcessStat } from '../../process-stat.ts';
import type { Look } from '../judgement.ts';

/** Whether the process with this pid runs, as the kernel has it. */
export function processState(pid: number): Look['process'] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 'gone';
  }
  const { state } = parseProcessStat(text);
  if (state === 'T' || state === 't') return 'stopped';
  return state === 'Z' || state === 'X' ? 'gone' : 'runs';
}
