import { request } from '../../common/outbound/edges/request.ts';

/** Bytes of a metrics page at the most. */
const maxPageBytes = 4_194_304;

/** Reads a role's metrics page. @throws Error if that takes longer than `deadlineMs`, or it answers anything but 200. */
export function metricsPage(url: string, deadlineMs: number): () => Promise<string> {
  return async () => {
    const { status, text } = await request(url, { deadlineMs, maxBytes: maxPageBytes });
    if (status !== 200) throw new Error(`the metrics page answers ${status}`);
    return text;
  };
}
