import { readMetricsPage } from '../../common/metrics-page.ts';
import { labelsOf, type Sample } from './series.ts';

/** Samples of one page at the most. */
export const maxPageSamples = 20_000;

/**
 * The samples of a role's metrics page. `extra` are labels that each gets; what the page says itself wins.
 *
 * @throws Error with the number of the line that is not of the format, or if there are too many samples.
 */
export function readExposition(text: string, extra: Record<string, string>): Sample[] {
  const samples: Sample[] = [];
  for (const { name, labels, value } of readMetricsPage(text)) {
    if (samples.length >= maxPageSamples) throw new Error(`the metrics page has more than ${maxPageSamples} samples`);
    samples.push({ labels: labelsOf(name, { ...extra, ...labels }), value });
  }
  return samples;
}
