import { tagLimits } from './protocol/tag-calls.ts';

/** What is wrong with tags that are given to a device, whoever gives them; `field` says where. */
export interface TagFault {
  is: 'bad' | 'tooLong' | 'tooMany';
  /** Place of the tag at fault; missing where it is all of them together. */
  index?: number;
}

/** Spaces of all kinds, as tags are told as one text with spaces between; control characters; halves of characters. */
const forbidden = /[\s\p{Cc}\p{Cs}]/u;

/** Characters as people count them: code points. */
export function tagLength(tag: string): number {
  return [...tag].length;
}

/** The first fault of a device's full list of tags, or undefined. A tag that comes twice counts once. */
export function tagFault(tags: readonly string[]): TagFault | undefined {
  const distinct = new Set(tags);
  if (distinct.size > tagLimits.count) return { is: 'tooMany' };
  for (const [index, tag] of tags.entries()) {
    if (tag === '' || forbidden.test(tag)) return { is: 'bad', index };
    // A text is no shorter than its code points are: most need not be counted.
    if (tag.length > tagLimits.length && tagLength(tag) > tagLimits.length) return { is: 'tooLong', index };
  }
  const together = [...distinct].reduce((sum, tag) => sum + tagLength(tag), 0);
  return together > tagLimits.lengthTogether ? { is: 'tooLong' } : undefined;
}
