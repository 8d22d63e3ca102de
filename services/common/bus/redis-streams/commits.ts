import { Batcher } from '../../batcher.ts';
import type { Lease } from '../lease.ts';
import type { Connection } from './connection.ts';
import { commitField, keysOf } from './keys.ts';

interface Commit {
  lease: Lease;
  offset: number;
}

/** Commits with one script call at the most. */
const maxCommits = 256;
/** One a partition is under way. */
const maxPending = 10_000;

/** Commits of all partitions of one consumer: what comes while a call is under way goes with the next one. */
export class Commits {
  #batcher: Batcher<Commit, boolean>;

  constructor(commands: Connection, topic: string, group: string, member: string) {
    const { commits } = keysOf(topic);
    this.#batcher = new Batcher({
      async run(items) {
        const keys = [commits, ...items.map(({ lease }) => lease.key)];
        const args = items.flatMap(({ lease, offset }) => [commitField(lease.partition, group), offset]);
        const answer = (await commands.run('commit', keys, [member, ...args])) as number[];
        return answer.map((kept) => kept === 1);
      },
      maxItems: maxCommits,
      maxPending,
    });
  }

  /** Answers false once the lease is somebody else's, and nothing was changed. @throws LongwireError as `Connection.run` does. */
  commit(lease: Lease, offset: number): Promise<boolean> {
    return this.#batcher.add({ lease, offset });
  }
}
