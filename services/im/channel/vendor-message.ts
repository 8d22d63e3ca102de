import type { Notification } from '../../common/protocol/device-frames.ts';

/** What a tap on the notification does. `payload`: the app is opened and gets `VendorMessage.payload`. */
export type Click =
  | { is: 'app' }
  | { is: 'url'; url: string }
  /** An intent URI of Android, as the upstream wrote it. */
  | { is: 'intent'; intent: string }
  | { is: 'payload' }
  | { is: 'none' };

/** A message as the channels of vendors show it, the same for all of them. */
export interface VendorMessage {
  /** Of the push: with it a device recognises the message that it gets from its queue later. */
  id: string;
  task: string;
  /** At most 50 and 256 characters; of Getui's `push_channel` what the vendor's document allows is up to the adapter. */
  title: string;
  body: string;
  click: Click;
  /** Of the notification, at most 3,072 characters. */
  payload?: string;
  /** How long the service is to keep it, s: 1 to 259,200. */
  ttl: number;
  /** The end of that, ms since the Unix epoch. */
  exp: number;
  /** 0 none, 1 low, 2 medium, 3 the default, 4 high: importance of the notification channel. */
  level: NonNullable<Notification['channelLevel']>;
  channelId?: string;
  channelName?: string;
  logoUrl?: string;
  /** Added to the badge. */
  badgeAdd?: number;
  /** A later notification with the same number takes this one's place. */
  notifyId?: number;
  /**
   * The same for messages that take each other's place, 1 to 64 characters of A–Z, a–z, 0–9, `-` and `_`: for
   * collapse keys, tags and ids by which a service recognises a repeat.
   */
  collapseId: string;
  /** What the app's code gets beside what is shown: the push's head, so that it can recognise it. Few and short. */
  data: Record<'lw_id' | 'lw_task', string>;
  /**
   * What the upstream gave for this kind alone: of Android `push_channel.android.ups.options`, `ALL` and then the vendor's
   * over it, of HarmonyOS `push_channel.harmony.options`. Keys that begin with `/` are paths into the vendor's request
   * (`withOptions` sets them). Not checked: an adapter takes what it knows, and passes on the rest only where the vendor
   * allows it.
   */
  options: Record<string, unknown>;
  /** `push_channel.ios`, for APNs alone. */
  ios?: Record<string, unknown>;
}
