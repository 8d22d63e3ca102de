/** One line of what a role's `/metrics` answers. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus' text format as prom-client writes it: without times. Lines of another form are passed over. */
export function readMetricsText(text: string): Sample[] {
  return text.split('\n').flatMap((row) => {
    const found = line.exec(row);
    if (!found) return [];
    const [, name = '', labels = '', number = ''] = found;
    const value = numberOf(number);
    if (Number.isNaN(value)) return [];
    return [{ name, labels: labelsOf(labels), value }];
  });
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

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(label)].map(([, name, value]) => [name!, unescaped(value!)]);
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}
