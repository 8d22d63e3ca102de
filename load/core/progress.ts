import type { Snapshot } from './collector.ts';
import { totalOf } from './counts.ts';
import type { Latency } from './latency.ts';

export type Phase = 'connecting' | 'pushing' | 'draining';

export interface ProgressInput {
  phase: Phase;
  /** Seconds since the begin. */
  at: number;
  devices: number;
  snapshot: Snapshot;
  /** Of the run so far. */
  delivery: Latency;
}

/** One line on how a load goes. */
export function progressLine({ phase, at, devices, snapshot, delivery }: ProgressInput): string {
  const { connected, counts, outstanding } = snapshot;
  const ms = (percentile: number): string => (delivery.count === 0 ? '–' : `${shortMs(delivery.at(percentile))} ms`);
  return [
    `${Math.round(at)} s ${phase}`,
    `connected ${connected}/${devices}`,
    `accepted ${perSecond(snapshot.pushesPerSecond)}`,
    `delivered ${perSecond(snapshot.deliveriesPerSecond)}`,
    `delivery p50 ${ms(50)} p99 ${ms(99)}`,
    `under way ${outstanding}`,
    `lost ${totalOf(counts.messages).lost}`,
    `duplicates ${counts.duplicates}`,
    ...failuresText(counts.connectFailures),
  ].join('  ');
}

/** Why devices don't get in, so that nobody has to wait for the end to see it. */
function failuresText(failures: Record<string, number>): string[] {
  const text = Object.entries(failures).map(([reason, count]) => `${reason} ×${count}`);
  return text.length === 0 ? [] : [`failed to connect: ${text.join(', ')}`];
}

function perSecond(rate: number): string {
  return `${rate >= 100 ? Math.round(rate) : Math.round(rate * 10) / 10}/s`;
}

/** Three digits are enough to read. */
export function shortMs(ms: number): string {
  return String(ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(3)));
}
