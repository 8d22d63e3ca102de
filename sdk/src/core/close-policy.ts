import { closeCodes, type KickReason } from '../frames.ts';

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

export type CloseAction =
  | { do: 'stop'; reason: StopReason }
  /** The stored identity is no good. */
  | { do: 'renew' }
  | { do: 'reconnect' };

/**
 * What follows from a close. A kick decides, whatever code came after it (even none): coming back after `replaced` would
 * throw the newer connection out in turn.
 */
export function onClose(code: number, kicked: KickReason | undefined): CloseAction {
  if (kicked !== undefined) return { do: 'stop', reason: kicked };
  switch (code) {
    case closeCodes.logout:
      return { do: 'stop', reason: 'logout' };
    case closeCodes.refused:
      return { do: 'renew' };
    case closeCodes.forbidden:
      return { do: 'stop', reason: 'forbidden' };
    case closeCodes.replaced:
      return { do: 'stop', reason: 'replaced' };
    default:
      return { do: 'reconnect' };
  }
}
