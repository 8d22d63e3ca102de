import { tagLimits } from '../../common/protocol/tag-calls.ts';
import { tagLength } from '../../common/tag-rules.ts';

/** What a device has: how many tags, of how many characters together. */
export interface TagUse {
  count: number;
  length: number;
}

export function tagUseOf(tags: readonly string[]): TagUse {
  return { count: tags.length, length: tags.reduce((sum, tag) => sum + tagLength(tag), 0) };
}

export function withinLimits({ count, length }: TagUse): boolean {
  return count <= tagLimits.count && length <= tagLimits.lengthTogether;
}
