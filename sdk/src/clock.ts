/** Time as the SDK needs it; tests bring their own. */
export interface Clock {
  /** Milliseconds that only ever grow: for intervals. */
  now(): number;
  /** Milliseconds since the epoch: for what the server reads. */
  wallNow(): number;
  /** Calls `run` once after `delayMs`; the answer cancels that. */
  after(delayMs: number, run: () => void): () => void;
}
