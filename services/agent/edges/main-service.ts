import { request } from '../../common/outbound/edges/request.ts';
import { outcomeOf } from '../core/outcome.ts';
import type { Pushed } from '../pusher.ts';

export interface MainServiceOptions {
  url: string;
  token: string | undefined;
  /** With it the token is a password. */
  user: string | undefined;
  deadlineMs: number;
}

/** Pushes one compressed request by remote_write 1.0. Never rejects. */
export function mainService({ url, token, user, deadlineMs }: MainServiceOptions): (body: Buffer) => Promise<Pushed> {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'longwire-agent',
    ...credentials(user, token),
  };
  return async (body) => {
    try {
      const answer = await request(url, { method: 'POST', headers, body, deadlineMs, maxBytes: 65_536 });
      const outcome = outcomeOf(answer.status, answer.headers['retry-after'], Date.now());
      return { ...outcome, detail: `${answer.status} ${answer.text.trim().slice(0, 200)}` };
    } catch (error) {
      return { is: 'later', reason: 'no_answer', afterMs: undefined, detail: (error as Error).message };
    }
  };
}

function credentials(user: string | undefined, token: string | undefined): { authorization?: string } {
  if (user !== undefined) return { authorization: `Basic ${Buffer.from(`${user}:${token ?? ''}`).toString('base64')}` };
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
