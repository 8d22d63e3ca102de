/**
 * Whether the connection lives. A ping goes out when nothing was sent, or nothing heard, for an interval; the connection
 * is dead when half an interval later still nothing came. So silence of 1.5 intervals ends it, also where this side
 * keeps sending. A ping that asks after a change of network has less time. Times are ms of a monotonic clock.
 */
export interface Heartbeat {
  readonly intervalMs: number;
  readonly sentAt: number;
  readonly heardAt: number;
  /** What nothing has answered yet: since when, and when the connection is dead. */
  readonly unanswered?: Unanswered | undefined;
}

interface Unanswered {
  readonly since: number;
  readonly deadAt: number;
  /** It was asked a second time, as the page may have slept over the first answer. */
  readonly again: boolean;
}

/** A time that is noticed so much too late tells of a page that slept: what came meanwhile waits to be read. */
const lateMs = 2_000;

/** Any frame counts as an answer. */
export function heard(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, heardAt: now, unanswered: undefined };
}

export function sent(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, sentAt: now };
}

/**
 * Each further ping gives `withinMs` anew, but all of them together get no more than half an interval.
 *
 * @param again after a ping whose answer may lie unread: the time begins anew, this once
 */
export function pinged(heartbeat: Heartbeat, now: number, withinMs: number, again = false): Heartbeat {
  const before = again ? undefined : heartbeat.unanswered;
  const since = before?.since ?? now;
  const deadAt = Math.min(since + heartbeat.intervalMs / 2, now + withinMs);
  return { ...sent(heartbeat, now), unanswered: { since, deadAt, again: before?.again ?? again } };
}

/** When to ask whether it lives, or when it is dead if that was asked. */
export function heartbeatDueAt({ intervalMs, sentAt, heardAt, unanswered }: Heartbeat): number {
  return unanswered?.deadAt ?? Math.min(sentAt, heardAt) + intervalMs;
}

/** A page's timers may be slowed to one a minute: a silence that is noticed late is asked about once more. */
export function isLate({ unanswered }: Heartbeat, now: number): boolean {
  return unanswered !== undefined && !unanswered.again && now - unanswered.deadAt >= lateMs;
}
