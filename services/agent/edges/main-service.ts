import { request } from '../../common/outbound/edges/request.ts';
import { outcomeOf } from '../core/outcome.ts';
import type { Pushed } from '../pusher.ts';

export interface MainServiceOptions {
  url: string;
  token: string | undefined;
  deadlineMs: number;
}

/** Pushes one compressed request by remote_write 1.0. Never rejects. */
export function mainService({ url, token, deadlineMs }: MainServiceOptions): (body: Buffer) => Promise<Pushed> {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'longwire-agent',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
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
