import { request } from 'undici';
import { LongwireError } from '../../../common/errors.ts';
import { guardedAgent } from '../../../common/outbound/edges/guarded-agent.ts';
import type { Post } from '../../callback/lane.ts';

export interface PostOptions {
  allowInternal: boolean;
  /** Deadline of one post, from the look-up of the name to the answer's head. */
  tryMs: number;
}

const connectMs = 3_000;
/** Connections to one upstream: each of its apps uses one for each partition, at the most. */
const socketsPerTarget = 32;
const maxTargets = 2_000;
/** What an upstream answers isn't kept; so much of it is read that the connection can be used again. */
const maxAnswerBytes = 16_384;
const answerMs = 1_000;

/** Posts bodies to upstreams, to those of the internet alone unless internal ones are allowed. */
export function createPost({ allowInternal, tryMs }: PostOptions): { post: Post; close: () => Promise<void> } {
  const agent = guardedAgent({
    allowInternal,
    connectMs: Math.min(connectMs, tryMs),
    answerMs: tryMs,
    socketsPerTarget,
    maxTargets,
  });

  async function post(url: string, body: string): Promise<number> {
    if (!URL.canParse(url)) throw new LongwireError('bad_request', 'the callback URL is not a URL');
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'longwire' },
      body,
      dispatcher: agent,
      signal: AbortSignal.timeout(tryMs),
    });
    // It was answered, whatever becomes of the rest.
    await response.body.dump({ limit: maxAnswerBytes, signal: AbortSignal.timeout(answerMs) }).catch(() => {});
    return response.statusCode;
  }

  return { post, close: () => agent.destroy() };
}
