/** Everything that can go wrong, for `onError` and for what the device's methods throw. */
export const deviceErrorCodes = [
  /** What was given to `connect` or to a method makes no sense. */
  'bad_options',
  /** There is no stored identity and neither `appSecret` nor `sign` to get one with. */
  'cannot_register',
  /** Signing with `appSecret` needs WebCrypto, which browsers give to pages over HTTPS or from localhost only. */
  'no_webcrypto',
  /** The app's own `sign` failed; it is asked again at the next try. */
  'sign_failed',
  /** The storage failed; it is tried again, and nothing is acknowledged meanwhile. */
  'storage_failed',
  /** What was stored can't be read; the device starts anew. */
  'storage_corrupt',
  /** `onPush` failed as often as it is tried; the message counts as handled. */
  'handler_failed',
  /** `onPush` took too long; the message counts as handled. */
  'handler_timeout',
  /** More events were waiting than are kept, or for longer; the oldest were dropped. */
  'events_dropped',
  /** The server will never take this event, as of a message that there is not. */
  'event_refused',
  /** Pushes came faster than `onPush` took them; the connection was closed and comes back later. */
  'inbox_full',
  /** The server sent something unreadable, which was ignored. */
  'bad_frame',
  /** The server told of a fault. */
  'server_error',
  /** The call needs a connection, and there is none. */
  'offline',
  /** The server refused the call. */
  'call_refused',
  /** No answer in time. */
  'timeout',
] as const;

export type DeviceErrorCode = (typeof deviceErrorCodes)[number];

export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  declare readonly cause?: unknown;

  constructor(code: DeviceErrorCode, message: string, cause?: unknown) {
    super(message);
    // By hand: older browsers don't know it as an option of Error.
    if (cause !== undefined) this.cause = cause;
    this.name = 'DeviceError';
    this.code = code;
  }
}
