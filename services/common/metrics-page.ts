/** One line of a page in Prometheus' text format. */
export interface PageSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const metric = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * Reads a page in Prometheus' text format, line by line; times that it gives are passed over.
 *
 * @throws Error with the number of the line that is not of the format.
 */
export function* readMetricsPage(text: string): Generator<PageSample> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels, number = ''] = metric.exec(line) ?? [];
    const value = numberOf(number);
    const own = labels === undefined ? {} : readLabels(labels);
    if (name === undefined || value === undefined || own === undefined) {
      throw new Error(`line ${index + 1} of the metrics page is not of the format`);
    }
    yield { name, labels: own, value };
  }
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
