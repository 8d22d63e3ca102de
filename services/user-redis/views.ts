import type { ViewState } from '../common/protocol/user-redis-calls.ts';
import type { Keys } from './keys.ts';
import { command, type Step, type Store, script } from './store.ts';

/**
 * Whether what Redis holds of each partition is all that the bus has. A mark names the Redis process it was made under, so
 * a restart shows, and it goes when everything goes. It is read after the steps it vouches for, on the same connection; in
 * a Cluster, where it is on one master alone, after all masters have answered, each of them with its witness.
 */
export class Views {
  #store: Store;
  #keys: Keys;

  constructor(store: Store, keys: Keys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** The step to append to a pipeline; its reply goes to `read`. */
  step(partitions: number[]): Step {
    return { ...command('HMGET', this.#keys.views(), ...partitions), apart: true };
  }

  read(reply: unknown): ViewState[] {
    return (reply as (string | null)[]).map((mark) => viewOf(mark, this.#store.runId()));
  }

  async states(partitions: number[]): Promise<ViewState[]> {
    if (partitions.length === 0) return [];
    const [reply] = await this.#store.run([this.step(partitions)]);
    return this.read(reply);
  }

  async beginReplay(partition: number, replay: string): Promise<void> {
    await this.#store.run([
      command('HSET', this.#keys.views(), partition, `${this.#store.runId()} replaying ${replay}`),
    ]);
  }

  async finishReplay(partition: number, replay: string): Promise<boolean> {
    const runId = this.#store.runId();
    const [reply] = await this.#store.run([
      script(
        'finish-replay',
        [this.#keys.views()],
        partition,
        `${runId} replaying ${replay}`,
        `${runId} ready ${replay}`,
      ),
    ]);
    return reply === 1;
  }
}

export function viewOf(mark: string | null, runId: string): ViewState {
  if (mark === null) return 'missing';
  const [markedRun, state] = mark.split(' ');
  if (markedRun === runId) return state === 'ready' ? 'ready' : 'replaying';
  // One that was being filled when Redis restarted may lack anything, not just its last moments.
  return state === 'ready' ? 'stale' : 'missing';
}
