/** Names and values, `__name__` among them, sorted by name. */
export type Labels = [name: string, value: string][];

/** A reading of one series. Null ends it: Prometheus' stale marker, after which queries find it no more. */
export interface Sample {
  labels: Labels;
  value: number | null;
}

export function labelsOf(name: string, labels: Record<string, string>): Labels {
  const all: Labels = [['__name__', name], ...Object.entries(labels)];
  return all.sort(([left], [right]) => (left < right ? -1 : 1));
}

export function nameOf(labels: Labels): string {
  return labels.find(([name]) => name === '__name__')![1];
}

const keyOf = (labels: Labels): string => labels.map(([name, value]) => `${name}\0${value}`).join('\0');

/** Remembers which series one source had at last, so that those it has no more are ended. */
export class SeriesOfSource {
  #last = new Map<string, Labels>();

  /** The samples of a reading, and an end for each series that the reading before had and this one hasn't. */
  next(samples: Sample[]): Sample[] {
    const now = new Map(samples.map(({ labels }) => [keyOf(labels), labels]));
    const ended = [...this.#last].filter(([key]) => !now.has(key)).map(([, labels]) => ({ labels, value: null }));
    this.#last = now;
    return [...samples, ...ended];
  }
}
