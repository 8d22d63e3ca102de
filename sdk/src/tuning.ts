/** Times and bounds; the defaults are right for almost every app. */
export interface Tuning {
  /** Reconnects wait a random time up to this, doubled with each failure… */
  reconnectMinMs: number;
  /** …and never up to more than this. */
  reconnectMaxMs: number;
  /** A connection that held so long ends the backoff. */
  stableMs: number;
  openTimeoutMs: number;
  /** For registering, for logging in and for logging out, each. */
  loginTimeoutMs: number;
  /** After a change of network a connection on which nothing comes for so long counts as dead. */
  probeTimeoutMs: number;
  /** How often `onPush` gets a message before it counts as handled. */
  handlerTries: number;
  /** After that the message counts as handled. */
  handlerTimeoutMs: number;
  storageTimeoutMs: number;
  /** Pauses between tries of `onPush` and of the storage. */
  retryMinMs: number;
  retryMaxMs: number;
  /** Messages received and not yet handled, at the most; then the connection is closed for a while. */
  maxInbox: number;
  /** Events that the server has not confirmed, at the most; then the oldest is dropped. */
  maxEvents: number;
  /** Likewise, all of them together as JSON. */
  maxEventBytes: number;
  /** An event that waited so long is dropped. */
  eventMaxAgeMs: number;
  /** Calls (alias, tags, channel) under way at once. */
  maxCalls: number;
  callTimeoutMs: number;
  /** Acknowledgements are at least so far apart; each covers all before it. */
  ackEveryMs: number;
}

export const defaultTuning: Tuning = {
  reconnectMinMs: 1_000,
  reconnectMaxMs: 60_000,
  stableMs: 30_000,
  openTimeoutMs: 15_000,
  loginTimeoutMs: 10_000,
  probeTimeoutMs: 5_000,
  handlerTries: 3,
  handlerTimeoutMs: 60_000,
  storageTimeoutMs: 10_000,
  retryMinMs: 500,
  retryMaxMs: 30_000,
  maxInbox: 1_000,
  maxEvents: 1_000,
  maxEventBytes: 262_144,
  eventMaxAgeMs: 604_800_000,
  maxCalls: 100,
  callTimeoutMs: 10_000,
  ackEveryMs: 10,
};
