import type { BroadcastCursor } from './broadcast-cursor.ts';
import type { Delivery } from './delivery.ts';

/** Limits and times that all connections share. They may change: a connection reads them when it needs them. */
export interface ConnectionLimits {
  loginMs: number;
  heartbeatSeconds: number;
  window: number;
  framesPerSecond: number;
  frameBurst: number;
  /** How long a socket may stay over its buffer limit. */
  blockedMs: number;
  /** How often a connection sets its route anew, at the least; each has a time of its own, from half of this on. */
  reattachMs: number;
  /** How often a quiet connection looks whether a hint was lost; likewise. */
  sweepMs: number;
}

export interface Who {
  app: string;
  cid: string;
}

/** A connection that has not logged in is another type than one that has. */
export type Phase =
  | { is: 'fresh'; since: number }
  /** A register or login is under way. `missed`: something was offered meanwhile. */
  | { is: 'busy'; since: number; held: string[]; missed: boolean }
  | {
      is: 'live';
      who: Who;
      delivery: Delivery;
      cursor: BroadcastCursor;
      loggedInAt: number;
      attachedAt: number;
      sweptAt: number;
      blockedSince: number;
      /** As it was told at the login, however the limit has changed since. */
      heartbeatSeconds: number;
    }
  | { is: 'closed' };
