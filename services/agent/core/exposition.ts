import { labelsOf, type Sample } from './series.ts';

const metric = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/** Samples of one page at the most. */
export const maxPageSamples = 20_000;

/**
 * Reads a page in Prometheus' text format. `extra` are labels that each sample gets; what the page says itself wins.
 *
 * @throws Error with the number of the line that is not of the format, or if there are too many samples.
 */
export function readExposition(text: string, extra: Record<string, string>): Sample[] {
  const samples: Sample[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels, value = ''] = metric.exec(line) ?? [];
    const number = numberOf(value);
    const own = labels === undefined ? {} : readLabels(labels);
    if (name === undefined || number === undefined || own === undefined) {
      throw new Error(`line ${index + 1} of the metrics page is not of the format`);
    }
    if (samples.length >= maxPageSamples) throw new Error(`the metrics page has more than ${maxPageSamples} samples`);
    samples.push({ labels: labelsOf(name, { ...extra, ...own }), value: number });
  }
  return samples;
}

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) return undefined;
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function numberOf(text: string): number | undefined {
  if (text === 'NaN' || text === 'Nan') return Number.NaN;
  const infinite = /^([+-]?)Inf$/.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d|\.\d)[\d.]*([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
