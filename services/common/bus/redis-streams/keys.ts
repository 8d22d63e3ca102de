/**
 * All keys of one topic share the hash tag `{topic}`, so that every script sees one slot. None has a TTL but the leases:
 * the bus' bounds are its retention and the cap on records.
 */
export function keysOf(topic: string) {
  const base = `bus:{${topic}}`;
  return {
    /** String: number of partitions. */
    topic: `${base}:topic`,
    /**
     * Stream: the records of a partition, entry `0-(offset + 1)` with fields k, v, t (ms) and b (bytes of the partition up to and with
     * this record, the dropped ones included), in this order. The version before wrote no b.
     */
    partition: (partition: number) => `${base}:p:${partition}`,
    /** Hash: `partition/group` to the offset that the group goes on from. */
    commits: `${base}:commits`,
    /** Hash: `partition` to the bytes ever appended, `partition/floor` to those dropped, `partition/cut` to the time (ms) of the last record that was dropped for want of room. */
    sizes: `${base}:sizes`,
    /** String: written to learn that replicas have all that came before. */
    fence: `${base}:fence`,
    /** Set: groups that took a partition; trimming waits for them until they are forgotten. */
    groups: `${base}:groups`,
    /** Sorted set: the same groups, by when they were last seen with a member, ms. */
    seen: `${base}:seen`,
    /** Sorted set: members of a group, by when they run out, ms. */
    members: (group: string) => `${base}:g:${group}:members`,
    /** Stream of one entry: written whenever members or leases of a group change. */
    changes: (group: string) => `${base}:g:${group}:changes`,
    /** String with PX: the member that owns a partition. */
    lease: (group: string, partition: number) => `${base}:g:${group}:lease:${partition}`,
  };
}

export type TopicKeys = ReturnType<typeof keysOf>;

/** Field of `commits`. */
export function commitField(partition: number, group: string): string {
  return `${partition}/${group}`;
}

/**
 * Where a group goes on, given its commit (null: none). A commit beyond the end means that this Redis lost records: what
 * comes now takes their numbers and must not be passed over.
 */
export function standing(commit: string | null, begin: number, end: number): number {
  const offset = commit === null ? begin : Number(commit);
  return offset < begin || offset > end ? begin : offset;
}
