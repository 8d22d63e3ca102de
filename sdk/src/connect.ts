import type { StopReason } from './core/close-policy.ts';
import { Device, type DeviceStatus } from './device.ts';
import { onPageChange } from './edges/page-changes.ts';
import { type Sign, signRegistration, signWith } from './edges/sign.ts';
import { systemClock } from './edges/system-clock.ts';
import { type WebSocketConstructor, webSockets } from './edges/web-socket.ts';
import { DeviceError } from './errors.ts';
import type { DeviceInfo, Push } from './frames.ts';
import type { DeviceStorage } from './storage.ts';
import { defaultTuning, type Tuning } from './tuning.ts';
import type { WebPushSubscription } from './web-push/subscribe.ts';

export interface ConnectOptions {
  /** `ws(s)://HOST/sdk/v1` */
  url: string;
  appId: string;
  /** For the first start, which registers the device. */
  appSecret?: string;
  /** Instead of `appSecret`, so that it need not be in the page. */
  sign?: Sign;
  /** Where the device keeps who it is and what it has had. */
  storage: DeviceStorage;
  /**
   * Gets each message once, one after another, in the order in which they were sent. When it resolves the message counts
   * as handled; when it fails it is called again, three times in all.
   */
  onPush: (push: Push) => void | Promise<void>;
  /**
   * Gets the name of this installation when it is known, and when it has changed: then `before` is the one that it had. One
   * that is new without a `before` was never here, or its storage was lost. It is stored already, so whoever pushes to it can be told.
   */
  onCid?: (cid: string, before: string | undefined) => void;
  onState?: (state: DeviceStatus, reason: StopReason | undefined) => void;
  /** Gets what the SDK deals with by itself but somebody should know. By default it goes to the console. */
  onError?: (error: DeviceError) => void;
  /** What the device tells about itself when it registers. */
  device?: Partial<DeviceInfo>;
  /** A Web Push subscription (`subscribeWebPush` of `@longwire/sdk/web-push` makes one) to register this device with; later on, `setWebPush`. */
  webPush?: WebPushSubscription;
  /** Where there is no global WebSocket (Node 20): the one of `ws`. */
  WebSocket?: WebSocketConstructor;
  /**
   * Where there is more to know than a page's own events (React Native, Electron): calls `check` when the network or what the user sees has
   * changed, and the connection is asked whether it lives. The answer ends that.
   */
  changes?: (check: () => void) => () => void;
  tuning?: Partial<Tuning>;
}

const sdkName = 'longwire-js/0.1.0';

/**
 * Connects this device, and keeps it connected until `close` or `logout`, or until the server sends it away for good.
 *
 * @throws DeviceError `bad_options`
 */
export function connect(options: ConnectOptions): Device {
  const { appId, appSecret, changes, webPush } = options;
  const sign = options.sign ?? (appSecret === undefined ? undefined : signWith(appSecret));
  const info: DeviceInfo = {
    platform: globalThis.window === undefined ? 'other' : 'web',
    sdk: sdkName,
    ...options.device,
  };
  const channel = webPush && { kind: 'webpush' as const, subscription: webPush as Record<string, unknown> };
  return new Device({
    ...options,
    url: checkedUrl(options.url),
    onCid: shielded(options.onCid),
    onState: shielded(options.onState),
    onError: shielded(options.onError ?? warn),
    register: sign && (async (ts) => ({ ...(await signRegistration(appId, info, ts, sign)), channel })),
    signMayRecover: options.sign !== undefined,
    tuning: { ...defaultTuning, ...options.tuning },
    openSocket: webSockets(webSocketOf(options)),
    clock: systemClock,
    random: Math.random,
    onPageChange: (listener) => onPageChange(listener, changes),
  });
}

function checkedUrl(url: string): string {
  // By hand: React Native's URL takes anything, and older browsers can't be asked.
  if (!/^wss?:\/\/[^\s/?#]+/i.test(url)) throw new DeviceError('bad_options', `${url}: not a ws:// or wss:// URL`);
  return url;
}

function webSocketOf(options: ConnectOptions): WebSocketConstructor {
  const found = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  if (found === undefined) throw new DeviceError('bad_options', 'there is no WebSocket here: give that of `ws`');
  return found;
}

/** What becomes of an error that the app doesn't take. */
export function warn({ cause, message }: DeviceError): void {
  console.warn(`longwire: ${message}`, cause ?? '');
}

/** The app's own faults in a callback must not break what runs the callback. */
export function shielded<Args extends unknown[]>(callback?: (...args: Args) => void): (...args: Args) => void {
  return (...args) => {
    try {
      callback?.(...args);
    } catch (error) {
      console.error('longwire: a callback failed', error);
    }
  };
}
