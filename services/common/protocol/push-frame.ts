import type { PushContent } from './device-frames.ts';

export interface PushHead {
  id: string;
  task: string;
  at: number;
  exp: number;
}

/** The push frame as JSON text, complete but for its position, so that CM adds that without parsing anything. */
export function encodePush(head: PushHead, content: PushContent): string {
  return JSON.stringify({ t: 'push', id: head.id, task: head.task, at: head.at, exp: head.exp, ...content });
}

/** Adds the position to an encoded push. */
export function withSeq(body: string, seq: number): string {
  return `${body.slice(0, -1)},"seq":${seq}}`;
}

/** The same for a position in the app's log of broadcasts. */
export function withBseq(body: string, bseq: number): string {
  return `${body.slice(0, -1)},"bseq":${bseq}}`;
}
