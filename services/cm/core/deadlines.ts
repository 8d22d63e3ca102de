import type { ConnectionLimits, Phase } from './phase.ts';

/** What a connection's time has come for. */
export type Due = 'login' | 'heartbeat' | 'drain' | 'ping' | 'reattach' | 'sweep';

/** When the peer was heard last, and whether a ping went out since. */
export interface Heard {
  heardAt: number;
  pinged: boolean;
}

/** Silence of so many heartbeats means that the peer is gone. */
const missedHeartbeats = 1.5;
/** After silence of so many it is sent a ping. A device that sends its own each heartbeat gets none. */
const pingAfterHeartbeats = 1.1;

/**
 * How long a connection waits where `ms` is the longest: a time of its own between half of that and all of it. Devices that
 * came together, as after a start, would otherwise do everything together from then on. A cid is as good as a random number.
 */
function ownShare(cid: string, ms: number): number {
  return ms * (0.5 + Number.parseInt(cid.slice(0, 8), 16) / 2 ** 33);
}

/** When each thing of a connection is due, ms; the ones that end it first. */
function deadlinesOf(phase: Phase, { heardAt, pinged }: Heard, limits: ConnectionLimits): [Due, number][] {
  if (phase.is === 'closed') return [];
  if (phase.is !== 'live') return [['login', phase.since + limits.loginMs]];
  const heartbeatMs = phase.heartbeatSeconds * 1_000;
  const deadlines: [Due, number][] = [
    ['heartbeat', heardAt + heartbeatMs * missedHeartbeats],
    ['reattach', phase.attachedAt + ownShare(phase.who.cid, limits.reattachMs)],
    ['sweep', phase.sweptAt + ownShare(phase.who.cid, limits.sweepMs)],
  ];
  if (phase.blockedSince > 0) deadlines.splice(1, 0, ['drain', phase.blockedSince + limits.blockedMs]);
  if (!pinged) deadlines.push(['ping', heardAt + heartbeatMs * pingAfterHeartbeats]);
  return deadlines;
}

/** When the next of them is due; never for a closed connection. */
export function nextDeadline(phase: Phase, heard: Heard, limits: ConnectionLimits): number {
  return Math.min(Number.POSITIVE_INFINITY, ...deadlinesOf(phase, heard, limits).map(([, at]) => at));
}

/** What is due now, if anything: of several the one that ends the connection. */
export function whatIsDue(phase: Phase, heard: Heard, limits: ConnectionLimits, now: number): Due | undefined {
  return deadlinesOf(phase, heard, limits).find(([, at]) => at <= now)?.[0];
}
