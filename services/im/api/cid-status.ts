import type { CidStatus } from '../../common/protocol/rest/push.ts';

/** Devices that did not log in for this long get nothing. */
export const forgottenAfterMs = 90 * 86_400_000;

/** What is in memory of a device; undefined where that could not be asked. */
export type Presence = { online: boolean; depth: number; attachedAt: number | null; blacklisted?: true } | undefined;

/** What is kept of a device; undefined where it isn't known or could not be asked. */
export type LoginTimes = { registeredAt: number; lastLoginAt: number | null } | undefined;

/** Whether only the kept login time can tell if the device is forgotten. */
export function needsLoginTimes(presence: Presence): boolean {
  return presence !== undefined && !presence.online && !presence.blacklisted && presence.attachedAt === null;
}

/** Whether a push goes to a device that it answers this status for. */
export function isSent(status: CidStatus): boolean {
  return status === 'successed_online' || status === 'successed_offline';
}

/** The status that a push answers for a device. What isn't known counts for the device, so that no message is dropped for it. */
export function cidStatusOf(presence: Presence, logins: LoginTimes, now: number): CidStatus {
  if (presence?.blacklisted) return 'blacklisted';
  if (presence?.online) return 'successed_online';
  const seenAt = presence?.attachedAt ?? logins?.lastLoginAt ?? logins?.registeredAt;
  if (seenAt !== undefined && now - seenAt > forgottenAfterMs) return 'successed_ignore';
  return 'successed_offline';
}
