/** A browser's `PushSubscription`, or the JSON of one: either becomes the same JSON when it is sent. */
export type WebPushSubscription = { toJSON(): object } | Record<string, unknown>;

/** As much of a browser's ServiceWorkerRegistration as is needed here. */
interface PushManagerOwner {
  pushManager: {
    subscribe(options: { userVisibleOnly: boolean; applicationServerKey: string }): Promise<{ toJSON(): object }>;
  };
}

/**
 * Subscribes a page's service worker to Web Push, or answers the subscription that it has. The browser asks its user, if
 * nobody asked for `Notification.requestPermission` before.
 *
 * @param publicKey the server's VAPID public key, base64url.
 * @throws DOMException `NotAllowedError` if the user doesn't want it; `InvalidStateError` if there is a subscription for another key.
 */
export function subscribeWebPush(registration: PushManagerOwner, publicKey: string): Promise<{ toJSON(): object }> {
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}
