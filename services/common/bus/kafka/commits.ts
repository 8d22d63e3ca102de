import { Batcher } from '../../batcher.ts';
import { expelled } from './faults.ts';

interface Commit {
  partition: number;
  offset: number;
}

export interface CommitPorts {
  /** False once the partition is, or may be, somebody else's. */
  held: (partition: number) => boolean;
  /** One request to the group's coordinator. */
  write: (partitions: { partition: number; offset: string }[]) => Promise<void>;
  /** The group goes on without this member as it is. */
  onExpelled: () => void;
}

/** One a partition is under way: at most this many go with one request, and wait for it. */
const maxCommits = 1_024;

/** Commits of all partitions of one consumer: what comes while a request is under way goes with the next one. */
export class Commits {
  #ports: CommitPorts;
  #batcher: Batcher<Commit, boolean>;

  constructor(ports: CommitPorts) {
    this.#ports = ports;
    this.#batcher = new Batcher({
      run: (commits) => this.#write(commits),
      maxItems: maxCommits,
      maxPending: maxCommits,
    });
  }

  /** Answers false once the partition is somebody else's. @throws what kafkajs says, to all that were committed together: such a fault is the group's or the topic's. */
  commit(partition: number, offset: number): Promise<boolean> {
    return this.#batcher.add({ partition, offset });
  }

  async #write(commits: Commit[]): Promise<boolean[]> {
    const { held, write, onExpelled } = this.#ports;
    // A member that joined anew may commit any partition, says the coordinator; the new owner of one that was lost meanwhile has committed more.
    const ours = commits.map(({ partition }) => held(partition));
    const partitions = commits.filter((_commit, index) => ours[index]);
    if (partitions.length === 0) return ours;
    try {
      await write(partitions.map(({ partition, offset }) => ({ partition, offset: String(offset) })));
      return ours;
    } catch (error) {
      if (!expelled(error)) throw error;
      onExpelled();
      return ours.map(() => false);
    }
  }
}
