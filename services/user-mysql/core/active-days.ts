/** The days on which a device logged in: the last one, and the 31 before it as bits, bit n the one n days before. */
export interface ActiveDays {
  last: number;
  bits: number;
}

/** Days told apart: far more than the bus keeps receipts for. */
const width = 32;

/**
 * Notes a login's day. `fresh`: the device had not logged in on that day as far as is known; a day too long before the last
 * one counts as known.
 */
export function withActiveDay({ last, bits }: ActiveDays, day: number): { days: ActiveDays; fresh: boolean } {
  if (day > last) {
    const shift = day - last;
    const moved = shift < width ? (bits << shift) | 1 : 1;
    return { days: { last: day, bits: moved >>> 0 }, fresh: true };
  }
  const before = last - day;
  const bit = before < width ? (1 << before) >>> 0 : 0;
  const fresh = bit !== 0 && (bits & bit) === 0;
  return { days: { last, bits: (bits | bit) >>> 0 }, fresh };
}
