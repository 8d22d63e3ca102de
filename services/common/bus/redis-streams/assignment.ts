/**
 * Which partitions are a member's, given who else is alive. Every member works this out alike from the same list, with
 * nobody in charge; where two lists differ for a moment, the leases decide.
 */
export function assigned(member: string, members: string[], partitions: number): number[] {
  const sorted = [...members].sort();
  const rank = sorted.indexOf(member);
  if (rank < 0) return [];
  const mine: number[] = [];
  for (let partition = rank; partition < partitions; partition += sorted.length) mine.push(partition);
  return mine;
}
