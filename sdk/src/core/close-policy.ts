import * as closeCodes from '../close-codes.ts';
import type { KickReason } from '../frames.ts';

/** Why a device stays away for good; a new `connect` is the way back. */
export type StopReason =
  /** The app called `close()`. */
  | 'closed'
  /** The app called `logout()`, or the server ended the session in good order. */
  | 'logout'
  /** The server refuses the app's or the device's credentials. */
  | 'refused'
  /** The device is blacklisted or its app disabled. */
  | 'forbidden'
  /** No identity and no way to get one. */
  | 'cannot_register'
  /** Another connection logged in with the same cid; or what else a kick said. */
  | KickReason;

/** `renew`: the stored identity is no good. */
export type CloseAction = StopReason | 'renew' | 'reconnect';

/**
 * What follows from a close: a reason to stop, or how to go on. A kick decides, whatever code came after it (even none): coming
 * back after `replaced` would throw the newer connection out in turn.
 */
export function onClose(code: number, kicked: KickReason | undefined): CloseAction {
  return kicked ?? actions[code] ?? 'reconnect';
}

const actions: Record<number, CloseAction> = {
  [closeCodes.logout]: 'logout',
  [closeCodes.refused]: 'renew',
  [closeCodes.forbidden]: 'forbidden',
  [closeCodes.replaced]: 'replaced',
};
