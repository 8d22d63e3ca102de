/**
 * The frames of device protocol `longwire.v1` as this SDK sees them. They stand here a second time because the SDK is
 * published alone; `frames.test.ts` holds them to the server's own definitions.
 */
export const subprotocol = 'longwire.v1';

export * as closeCodes from './close-codes.ts';

export interface DeviceInfo {
  platform: 'android' | 'ios' | 'harmony' | 'web' | 'other';
  model?: string;
  os?: string;
  sdk?: string;
}

/** What a user did with a push; `custom:NNNNN` has exactly five digits. */
export type EventAction = 'shown' | 'clicked' | 'dismissed' | `custom:${number}`;

type Rid = string | number;

/** Why credentials are refused: the first two pass. */
export type CredentialFault = 'clock' | 'nonce' | 'sign' | 'token';

/** Push services that a device may be reached by while it has no connection. */
export type ChannelKind = 'webpush' | VendorKind;
/** Those of vendors, whose subscription is a token. `harmony` is of Huawei's HarmonyOS. */
export type VendorKind = 'fcm' | 'apns' | 'huawei' | 'xiaomi' | 'oppo' | 'vivo' | 'honor' | 'harmony';

export interface RegisterFrame {
  t: 'register';
  appId: string;
  ts: number;
  nonce: string;
  sign: string;
  device: DeviceInfo;
  channel?: { kind: ChannelKind; subscription: Record<string, unknown> };
}
export interface LoginFrame {
  t: 'login';
  appId: string;
  cid: string;
  token: string;
  seq: number;
  bseq?: number;
}
export interface AckFrame {
  t: 'ack';
  seq?: number;
  bseq?: number;
}
export interface EventFrame {
  t: 'event';
  /** Asks for an `ok` once the event is kept. */
  rid?: Rid;
  task: string;
  id: string;
  action: string;
  at?: number;
}
export interface AliasFrame {
  t: 'alias';
  rid: Rid;
  op: 'bind' | 'unbind';
  alias: string;
}
export interface TagsFrame {
  t: 'tags';
  rid: Rid;
  set: string[];
}
export interface ChannelFrame {
  t: 'channel';
  rid: Rid;
  kind: ChannelKind;
  subscription: Record<string, unknown> | null;
}
export type ClientFrame =
  | RegisterFrame
  | LoginFrame
  | AckFrame
  | EventFrame
  | AliasFrame
  | TagsFrame
  | ChannelFrame
  | { t: 'ping' }
  | { t: 'logout' };

export interface Notification {
  title: string;
  body: string;
  clickType: string;
  url?: string;
  intent?: string;
  payload?: string;
  logo?: string;
  logoUrl?: string;
  channelId?: string;
  channelName?: string;
  channelLevel?: number;
  badgeAddNum?: number;
  notifyId?: number;
}

/** Recalls the messages of an earlier task; `force` takes them away even where they were shown. */
export interface Revoke {
  task: string;
  force: boolean;
}

/** Exactly one of the three is there. */
export type PushContent =
  | { notification: Notification; transmission?: never; revoke?: never }
  | { transmission: string; notification?: never; revoke?: never }
  | { revoke: Revoke; notification?: never; transmission?: never };

/** A message as the app gets it. Times are ms since the epoch, UTC. */
export type Push = {
  /** Unique per message. */
  id: string;
  task: string;
  /** Position of a message to this device. */
  seq?: number;
  /** Position of a broadcast. */
  bseq?: number;
  /** When the server accepted it. */
  at: number;
  /** When it expires. */
  exp: number;
} & PushContent;

export type PushFrame = { t: 'push' } & Push;

export interface WelcomeFrame {
  t: 'welcome';
  session: string;
  /** Seconds. */
  heartbeat: number;
  serverTime: number;
  window: number;
  bseq: number;
}

export type KickReason = 'replaced' | 'blacklisted' | 'admin';

export interface OkFrame {
  t: 'ok';
  rid: Rid;
}
export interface ErrorFrame {
  t: 'error';
  code:
    | 'bad_frame'
    | 'bad_position'
    | 'not_logged_in'
    | 'bad_credentials'
    | 'forbidden'
    | 'rate_limited'
    | 'unavailable'
    | 'not_supported';
  message: string;
  rid?: Rid;
  /** The field at fault, of `bad_position`. */
  field?: 'seq' | 'bseq';
  /** Of `bad_credentials`: what was wrong. A server of before says none. */
  reason?: CredentialFault;
  /** Of `bad_credentials`: ms since the epoch. */
  serverTime?: number;
}

export type ServerFrame =
  | { t: 'registered'; cid: string; token: string }
  | WelcomeFrame
  | PushFrame
  | { t: 'reconnect'; after: number }
  /** `after`: how long a client should stay away that comes back all the same, ms. */
  | { t: 'kick'; reason: KickReason; after?: number }
  | OkFrame
  | ErrorFrame
  | { t: 'pong' };
