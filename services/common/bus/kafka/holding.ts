import type { Logger } from '../../log.ts';
import type { ConsumeOptions } from '../bus.ts';
import type { Successes } from '../content-fault.ts';
import { PartitionLoop } from '../partition-loop.ts';
import type { Unwanted } from '../unwanted.ts';
import { Feed } from './feed.ts';

/** What a partition needs of its consumer. */
export interface Membership {
  /** False once the session may have run out. */
  held: () => boolean;
  /** The group is being shared out anew. */
  leaving: () => boolean;
  /** Answers false when the group goes on without this member. */
  commit: (partition: number, offset: number) => Promise<boolean>;
  committed: (partition: number) => Promise<number>;
  want: (partition: number, offset: number) => void;
  /** Of a group that doesn't want everything. */
  unwanted?: Unwanted | undefined;
}

/** A partition that this consumer was given: its feed and its loop. */
export class Holding {
  readonly partition: number;
  readonly feed: Feed;
  readonly loop: PartitionLoop;
  #lost = false;

  constructor(partition: number, membership: Membership, options: ConsumeOptions, successes: Successes, log: Logger) {
    this.partition = partition;
    const feed = new Feed({
      maxBatch: options.maxBatch,
      want: (offset) => membership.want(partition, offset),
    });
    this.feed = feed;
    const source = {
      committed: () => membership.committed(partition),
      next: (offset: number) => feed.next(offset),
      again: feed.again.bind(feed),
      cancel: () => feed.cancel(),
      commit: (offset: number) => membership.commit(partition, offset),
      held: () => !this.#lost && membership.held(),
      leaving: () => membership.leaving(),
      resting: () => feed.resting(),
      unwanted: membership.unwanted,
    };
    this.loop = new PartitionLoop(partition, source, options, successes, log);
  }

  /** It is, or may be, somebody else's: nothing is committed any more. */
  lose(): void {
    this.#lost = true;
    this.feed.drop();
    this.loop.end();
  }

  get lost(): boolean {
    return this.#lost;
  }

  get live(): boolean {
    return !this.#lost && !this.loop.ended;
  }
}
