/** The values of a chart, gathered while its templates are made: what the manifests have is the default. */
export class DefaultValues {
  readonly all: Record<string, unknown> = {};

  /** Adds a value and answers how a template names it. One that is there already must be the same. */
  add(path: string, value: unknown): string {
    const keys = path.split('.');
    const last = keys.pop()!;
    let place = this.all;
    for (const key of keys) {
      place[key] ??= {};
      place = place[key] as Record<string, unknown>;
    }
    if (last in place && JSON.stringify(place[last]) !== JSON.stringify(value)) {
      throw new Error(`the manifests have two values of ${path}`);
    }
    place[last] = value;
    return `.Values.${path}`;
  }
}
