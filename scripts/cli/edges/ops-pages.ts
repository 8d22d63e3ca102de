import { readMetricsText, type Sample } from '../../../scaling/core/metrics-text.ts';
import type { Instance } from '../target/target.ts';
import { boundedText } from './bounded.ts';
import { whyOf } from './upstream.ts';

const pageMs = 2_000;
/** Of a page; of a larger one nothing is taken. */
const maxPageBytes = 4_194_304;

/** What an instance says of itself at one moment. */
export interface OpsReading {
  instance: Instance;
  atMs: number;
  state: 'ready' | 'not ready' | 'not live' | 'no answer';
  /** Why it isn't ready, by the part that says so; or why there is no answer. */
  faults: Record<string, string>;
  samples: Sample[];
  /** Its clock by the header `date`, to the second, and when the answer was asked for and came by ours. */
  clock?: { saidMs: number; askedMs: number; cameMs: number };
}

/** Reads the pages of an instance's ops port. One that isn't known by name is asked for it. */
export async function readOps(instance: Instance): Promise<OpsReading> {
  const askedMs = Date.now();
  try {
    const [metrics, live, ready] = await Promise.all([
      page(`${instance.ops}/metrics`),
      page(`${instance.ops}/health/live`),
      page(`${instance.ops}/health/ready`),
    ]);
    const samples = readMetricsText(metrics.text);
    const saidMs = Date.parse(metrics.date ?? '');
    return {
      instance: named(instance, samples),
      atMs: Date.now(),
      state: live.status !== 200 ? 'not live' : ready.status !== 200 ? 'not ready' : 'ready',
      faults: { ...faultsOf(live.text), ...faultsOf(ready.text) },
      samples,
      ...(Number.isNaN(saidMs) ? {} : { clock: { saidMs, askedMs, cameMs: metrics.cameMs } }),
    };
  } catch (error) {
    return { instance, atMs: Date.now(), state: 'no answer', faults: { ops: whyOf(error) }, samples: [] };
  }
}

async function page(url: string): Promise<{ status: number; text: string; date: string | null; cameMs: number }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(pageMs) });
  const cameMs = Date.now();
  const text = await boundedText(response, maxPageBytes);
  return { status: response.status, text, date: response.headers.get('date'), cameMs };
}

function named(instance: Instance, [first]: Sample[]): Instance {
  if (instance.role !== '') return instance;
  const { role = 'unknown', instance: name = new URL(instance.ops).host } = first?.labels ?? {};
  return { ...instance, role, instance: name };
}

function faultsOf(text: string): Record<string, string> {
  try {
    const { faults } = JSON.parse(text) as { faults?: Record<string, unknown> };
    return Object.fromEntries(Object.entries(faults ?? {}).map(([part, fault]) => [part, String(fault)]));
  } catch {
    return {};
  }
}
