import { createHash } from 'node:crypto';

/** How a vendor counts characters: UTF-16 units, where an emoji is two or more; or code points. */
export type Counting = 'units' | 'points';

/** A text of at most `max` characters; one that is cut ends with `…`. Surrogate pairs stay whole, and a lone one becomes U+FFFD. */
export function cutTo(text: string, max: number, counting: Counting): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  let kept = '';
  let size = 0;
  let end = '';
  for (const point of whole) {
    size += counting === 'units' ? point.length : 1;
    if (size > max) return `${end}…`;
    kept += point;
    if (size < max) end = kept;
  }
  return kept;
}

/** Whether there is something to read in it: vendors refuse titles and texts of white space. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** A positive integer of 31 bits, the same for the same text: for vendors whose notifications have numbers. */
export function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() & 0x7f_ff_ff_ff || 1;
}

/** 32 characters of base64url, the same for the same text: for fields that a long id doesn't fit into. */
export function shortId(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}
