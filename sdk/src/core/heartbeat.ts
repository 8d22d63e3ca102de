/**
 * Whether the connection lives. A ping goes out when nothing was sent, or nothing heard, for an interval; the connection
 * is dead when half an interval later still nothing came. So silence of 1.5 intervals ends it, also where this side
 * keeps sending. Times are ms of a monotonic clock.
 */
export interface Heartbeat {
  readonly intervalMs: number;
  readonly sentAt: number;
  readonly heardAt: number;
  /** When the ping went out that nothing has answered yet. */
  readonly pingAt: number | undefined;
}

export function startHeartbeat(intervalMs: number, now: number): Heartbeat {
  return { intervalMs, sentAt: now, heardAt: now, pingAt: undefined };
}

/** Any frame counts as an answer. */
export function heard(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, heardAt: now, pingAt: undefined };
}

export function sent(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, sentAt: now };
}

export function pinged(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, sentAt: now, pingAt: heartbeat.pingAt ?? now };
}

/** When `onDue` is to be asked. */
export function heartbeatDueAt(heartbeat: Heartbeat): number {
  const { intervalMs, sentAt, heardAt, pingAt } = heartbeat;
  return pingAt === undefined ? Math.min(sentAt, heardAt) + intervalMs : pingAt + intervalMs / 2;
}

export function onHeartbeatDue(heartbeat: Heartbeat): 'ping' | 'dead' {
  return heartbeat.pingAt === undefined ? 'ping' : 'dead';
}
