/** A number from 0 up to, but not 1. */
export type Random = () => number;

/** mulberry32: the same seed gives the same numbers. @param seed an integer; 32 bits of it are used. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different integers below `below`, in no order; all of them where there are fewer. */
export function distinctBelow(below: number, count: number, random: Random): number[] {
  const wanted = Math.min(below, count);
  const taken = new Set<number>();
  // Floyd: one random number for each that is taken, however many are left.
  for (let limit = below - wanted; limit < below; limit++) {
    const one = Math.floor(random() * (limit + 1));
    taken.add(taken.has(one) ? limit : one);
  }
  return [...taken];
}
