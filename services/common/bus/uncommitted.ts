import type { Rest } from './bus.ts';

/** Batches of a partition that are handled and not committed, at the most: no further one comes until they are. */
const maxUncommitted = 32;

interface Handled {
  /** Offset that the next batch goes on from. */
  next: number;
  isDone: boolean;
  done: Promise<unknown>;
}

/**
 * The batches of one partition that are handled, each committed once the rest of its work is done, in order: those that are done by then
 * with one commit.
 */
export class Uncommitted {
  #commit: (offset: number) => Promise<void>;
  #batches: Handled[] = [];
  #committing: Promise<void> | undefined;

  /** @param commit never rejects. */
  constructor(commit: (offset: number) => Promise<void>) {
    this.#commit = commit;
  }

  get full(): boolean {
    return this.#batches.length >= maxUncommitted;
  }

  add(next: number, rest: Rest | undefined): void {
    const batch: Handled = { next, isDone: rest === undefined, done: rest?.done ?? Promise.resolve() };
    if (rest) {
      batch.done = rest.done.then(() => {
        batch.isDone = true;
      });
    }
    this.#batches.push(batch);
    this.#committing ??= this.#commitAll();
  }

  /** Resolves when all that was added is committed, or can't be any more. */
  async committed(): Promise<void> {
    await this.#committing;
  }

  async #commitAll(): Promise<void> {
    while (this.#batches.length > 0) {
      await this.#batches[0]!.done;
      let next: number | undefined;
      while (this.#batches[0]?.isDone) next = this.#batches.shift()!.next;
      if (next !== undefined) await this.#commit(next);
    }
    this.#committing = undefined;
  }
}
