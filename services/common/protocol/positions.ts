/**
 * Positions are identities: a message's `seq` is its offset in its partition of the route topic, a broadcast's `bseq` that
 * in its partition of the broadcast topic, with the topic's generation in the high bits, so that a topic made anew goes on
 * above the old one's numbers.
 */
const offsetsPerGeneration = 2 ** 42;

/** An integer from 1 to below 2^53, strictly increasing with (generation, offset). */
export function seqOf(generation: number, offset: number): number {
  return generation * offsetsPerGeneration + offset + 1;
}

/** The offset of a position within a generation; less than 0 for one of an earlier generation. */
export function offsetOf(generation: number, seq: number): number {
  return seq - 1 - generation * offsetsPerGeneration;
}

/** Which partition keeps what belongs to `key`: FNV-1a, the same in every role and for good. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash ^= key.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}

/** Above every partition of the route topic: views of both topics are kept side by side. */
const firstBroadcastView = 1_024;

/** The number under which the view of a partition of the broadcast topic is kept. */
export function broadcastView(partition: number): number {
  return firstBroadcastView + partition;
}
