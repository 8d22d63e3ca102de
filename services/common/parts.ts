/** Items in order, in parts whose sizes add up to `maxSize` at the most; an item larger than that is a part alone. */
export function partsOf<Item>(items: Item[], sizeOf: (item: Item) => number, maxSize: number): Item[][] {
  const parts: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const part = parts.at(-1);
    size += sizeOf(item);
    if (part && size <= maxSize) part.push(item);
    else {
      parts.push([item]);
      size = sizeOf(item);
    }
  }
  return parts;
}
