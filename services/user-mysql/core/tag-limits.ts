import { tagLimits } from '../../common/protocol/tag-calls.ts';

/** What a device has: how many tags, of how many characters together. */
export interface TagUse {
  count: number;
  length: number;
}

/** Characters as people count them: code points. */
export function tagLength(tag: string): number {
  return [...tag].length;
}

export function useOf(tags: readonly string[]): TagUse {
  return { count: tags.length, length: tags.reduce((sum, tag) => sum + tagLength(tag), 0) };
}

export function withinLimits({ count, length }: TagUse): boolean {
  return count <= tagLimits.count && length <= tagLimits.lengthTogether;
}
