/** How long a claim is good after it was made, ms: longer than a round and the leaving of its devices. */
const claimMs = 5_000;

/** Who may tell this node's devices to leave: one coordinator, until it has been silent for `claimMs`. */
export class Claim {
  #by = '';
  #until = 0;

  /** Takes the claim or renews it. @returns false while it is another's. */
  take(by: string, nowMs: number): boolean {
    if (by !== this.#by && nowMs < this.#until) return false;
    this.#by = by;
    this.#until = nowMs + claimMs;
    return true;
  }

  heldBy(by: string, nowMs: number): boolean {
    return by === this.#by && nowMs < this.#until;
  }
}
