/** A figure of the business that a role is scaled on. */
export interface Figure {
  /**
   * *load* is a sum over all instances, each of which takes `target` of it, and grows in step with what is asked of the role.
   * *strain* is one value for the role, such as a mean time: twice the target asks for twice the instances.
   */
  kind: 'load' | 'strain';
  target: number;
  unit: string;
  /** Why this target. */
  why: string;
}

export type Figures = Readonly<Record<string, Figure>>;

/** What is known of a role at one moment. */
export interface Pressure {
  /** Instances that are there, whatever they do: starting and hung ones too. */
  current: number;
  /** Of these, the ones that answer. */
  serving: number;
  /** Of these, the ones that did and no longer do. Their figures are not in `values`, and they count for no capacity. */
  hung: number;
  /** By the figure's name; one that couldn't be read is absent. */
  values: Readonly<Partial<Record<string, number>>>;
}

export interface Vote {
  figure: string;
  value: number;
  wanted: number;
}

export interface Recommendation {
  wanted: number;
  votes: Vote[];
  missing: string[];
}

/** A role whose figures are this near to their targets stays as it is. Kubernetes' own, which can't be set by HPA. */
export const tolerance = 0.1;

/**
 * How many instances the figures ask for, as Kubernetes' HPA would: each figure's ratio to its target decides, the most
 * wins. While a figure can't be read nothing goes, as it may be the one that needs the instances; more may come.
 */
export function recommend(figures: Figures, pressure: Pressure): Recommendation {
  const { current } = pressure;
  const missing: string[] = [];
  const votes = Object.entries(figures).flatMap(([name, figure]): Vote[] => {
    const value = pressure.values[name];
    if (value === undefined) missing.push(name);
    return value === undefined ? [] : [{ figure: name, value, wanted: votesFor(figure, value, pressure) }];
  });
  const most = Math.max(...votes.map(({ wanted }) => wanted), missing.length > 0 ? current : 0);
  return { wanted: most, votes, missing };
}

function votesFor({ kind, target }: Figure, value: number, { current, serving, hung }: Pressure): number {
  // A hung instance is there and takes nothing: it is wanted on top of those that do the work.
  const wanted = kind === 'load' ? value / target + hung : (value / target) * serving + hung;
  const ratio = kind === 'load' ? wanted / current : value / target;
  return Math.abs(1 - ratio) <= tolerance ? current : Math.ceil(roundedDown(wanted));
}

/** 2.0000000001 is 2: sums of rates are never exact. */
function roundedDown(wanted: number): number {
  return Math.round(wanted * 1_000_000) / 1_000_000;
}
