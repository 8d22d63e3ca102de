import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { request } from '../../common/outbound/edges/request.ts';

const queryMs = 3_000;
const maxAnswerBytes = 1_048_576;

const Answer = Type.Object({
  status: Type.Literal('success'),
  data: Type.Object({
    result: Type.Array(
      Type.Object({ values: Type.Array(Type.Tuple([Type.Number(), Type.String()]), { maxItems: 11_000 }) }),
    ),
  }),
});
const checked = Compile(Answer);

/** Seconds since the epoch of the first and the last point, and between two. */
export interface Range {
  fromS: number;
  toS: number;
  stepS: number;
}

/** @param url with a name and a password where it asks for them */
export function openPrometheus(url: string) {
  const { username, password, origin, pathname } = new URL(url);
  const base = `${origin}${pathname.replace(/\/$/, '')}`;
  const secret = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers: Record<string, string> = username === '' ? {} : { authorization: `Basic ${secret}` };

  return {
    /** The points of an expression that is one series; null where there are none. @throws Error if no answer comes in time, or one that can't be read */
    async range(query: string, { fromS, toS, stepS }: Range): Promise<(number | null)[]> {
      const asked = new URLSearchParams({ query, start: String(fromS), end: String(toS), step: String(stepS) });
      const answer = await request(`${base}/api/v1/query_range?${asked}`, {
        headers,
        deadlineMs: queryMs,
        maxBytes: maxAnswerBytes,
      });
      if (answer.status !== 200) throw new Error(`Prometheus answers ${answer.status}`);
      const parsed: unknown = JSON.parse(answer.text);
      if (!checked.Check(parsed)) throw new Error('Prometheus answers what is no range of values');
      const points = new Map(parsed.data.result[0]?.values.map(([at, value]) => [Math.round(at), Number(value)]));
      return Array.from({ length: Math.floor((toS - fromS) / stepS) + 1 }, (_none, index) => {
        const value = points.get(fromS + index * stepS);
        return value === undefined || !Number.isFinite(value) ? null : value;
      });
    },
  };
}
export type Prometheus = ReturnType<typeof openPrometheus>;
