/** One row of a table of bounds: what it says, and where the code says so. */
export interface Bound {
  row: string;
  /** In the smallest unit: ms, bytes or a number of things. Undefined if the row can't be read. */
  stated: number | undefined;
  name: string;
  file: string;
}

const units: Record<string, number> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  bytes: 1,
  KiB: 1_024,
  MiB: 1_048_576,
};

/** The rows of a page whose last column is "`name` in `file`" and whose second is a number with or without a unit. */
export function boundsOf(markdown: string): Bound[] {
  return [...markdown.matchAll(/^\| .* \|$/gm)].flatMap(([row]) => {
    const where = /`([A-Za-z_]+)` in `([^`]+)` \|$/.exec(row);
    if (!where) return [];
    const limit = /^(\d+)(?: (\w+))?$/.exec(row.split(' | ')[1]!.trim());
    const factor = limit?.[2] === undefined ? 1 : units[limit[2]];
    const stated = limit && factor !== undefined ? Number(limit[1]) * factor : undefined;
    return [{ row, stated, name: where[1]!, file: where[2]! }];
  });
}

/** The first number, or product of numbers, that follows each mention of a name in source text. */
export function valuesOf(source: string, name: string): number[] {
  const mention = new RegExp(`\\b${name}\\b\\D{0,80}?((?:\\d[\\d_]*)(?:\\s*\\*\\s*\\d[\\d_]*)*)`, 'g');
  return [...source.matchAll(mention)].map(([, product]) =>
    product!
      .split('*')
      .map((factor) => Number(factor.replaceAll('_', '').trim()))
      .reduce((left, right) => left * right, 1),
  );
}
