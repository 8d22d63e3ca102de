/** Compares by a text key, in the order of code units: the same on every instance, whatever its locale. */
export function byKey<Item>(keyOf: (item: Item) => string): (left: Item, right: Item) => number {
  return (left, right) => {
    const a = keyOf(left);
    const b = keyOf(right);
    return a < b ? -1 : a > b ? 1 : 0;
  };
}

/** The values of a map in the order of their keys, by code units too, as texts are sorted. Each key is made once, not for every comparison. */
export function inKeyOrder<Item>(items: ReadonlyMap<string, Item>): Item[] {
  return [...items.keys()].sort().map((key) => items.get(key)!);
}

/** The items in order, `size` at a time. */
export function slices<Item>(items: readonly Item[], size: number): Item[][] {
  const out: Item[][] = [];
  for (let start = 0; start < items.length; start += size) out.push(items.slice(start, start + size));
  return out;
}
