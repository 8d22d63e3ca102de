import { readMetricsText } from '../../scaling/core/metrics-text.ts';
import type { Reading } from '../../scaling/core/readings.ts';
import type { Unit } from './supervised.ts';

export interface Answer extends Reading {
  ready: boolean;
}

/** What an instance says of itself; undefined if it isn't live, or doesn't answer in time. */
export async function readInstance({ ops }: Unit, limitMs: number): Promise<Answer | undefined> {
  if (!ops || ops.metrics === null) return undefined;
  const signal = AbortSignal.timeout(limitMs);
  try {
    const pages = [ops.live, ops.ready, ops.metrics].map((url) => fetch(url, { signal }));
    const [live, ready, metrics] = await Promise.all(pages);
    const [text] = await Promise.all([metrics!.text(), live!.arrayBuffer(), ready!.arrayBuffer()]);
    if (!live!.ok || !metrics!.ok) return undefined;
    return { atMs: Date.now(), samples: readMetricsText(text), ready: ready!.ok };
  } catch {
    return undefined;
  }
}
