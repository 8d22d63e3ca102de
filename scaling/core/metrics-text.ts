import { type PageSample, readMetricsPage } from '../../services/common/metrics-page.ts';

export type Sample = PageSample;

/** The figures of a role's metrics page that are numbers. @throws Error if it is not of the format. */
export function readMetricsText(text: string): Sample[] {
  return [...readMetricsPage(text)].filter(({ value }) => !Number.isNaN(value));
}

/** The sum over all series of a name whose labels fit; undefined if there is none. */
export function sumOf(
  samples: Sample[],
  name: string,
  fits: (labels: Record<string, string>) => boolean = () => true,
): number | undefined {
  const found = samples.filter((sample) => sample.name === name && fits(sample.labels));
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
