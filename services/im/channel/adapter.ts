import type { Channel, ChannelKind } from '../../common/protocol/channel-calls.ts';
import type { CredentialsOf, VendorKind } from '../../common/protocol/channel-credentials.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';
import type { VendorMessage } from './vendor-message.ts';

/** What one try came to. A `reason` is the service's own word or number for it, at most `maxReasonLength` characters. */
export type Outcome =
  | { is: 'sent' }
  /** There is nothing in the message that this channel could show. */
  | { is: 'nothing' }
  /** The app has no credentials for this channel. */
  | { is: 'off' }
  /** The subscription is of no use any more. */
  | { is: 'gone'; reason?: string }
  /** Not this message, or not from us: another try would come to the same. */
  | { is: 'refused'; reason?: string }
  /** The service doesn't take the app's credentials: no message of the app gets further until they are changed. */
  | { is: 'denied'; reason?: string }
  /**
   * A later try may succeed; `afterMs`: not before that, if the service said so. `of: 'app'`: that holds for whatever this
   * app sends, as where a quota is used up, and so its lane rests meanwhile.
   */
  | { is: 'again'; afterMs?: number; of?: 'app'; reason?: string };

export const maxReasonLength = 64;

/** A way to reach devices that have no connection. One of each kind, for all apps. */
export interface ChannelAdapter {
  kind: ChannelKind;
  /** Devices that get a message by one try, at the most. */
  maxTogether: number;
  /** Which lane an app's message to a device waits in: lanes don't wait for each other. One try is of one lane. */
  laneOf(app: string, subscription: Channel['subscription']): string;
  /** One try, within a deadline of its own; an outcome a device, in their order. Never rejects. */
  send(message: ChannelMessage, subscriptions: Channel['subscription'][]): Promise<Outcome[]>;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Names in lower case. `content-length` is added. */
  headers: Record<string, string>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; the first of several of one name. */
  headers: Record<string, string | undefined>;
  /** At most 64 KiB are read: a longer one is a failure. */
  text: string;
}

/**
 * One request within a deadline, over connections that are kept. Follows no redirects.
 *
 * @throws LongwireError `unavailable`: not reached, no answer in time, or one that is too long.
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>;

/** What an adapter of a vendor gets from outside. */
export interface VendorDeps {
  /** HTTP/1.1, for all apps of the kind. */
  http: HttpClient;
  /** A client of HTTP/2 of the adapter's own: one connection a target is kept. Its adapter closes it. */
  openHttp2: () => { request: HttpClient; close: () => Promise<void> };
  /** Takes the place of scheme, host and port of each of the vendor's addresses (see `addressOf`); configuration alone says it. */
  baseUrl?: string;
  now: () => number;
}

/** The channel of one vendor with the credentials of one app. Holds what these need, as access tokens. */
export interface VendorAdapter {
  /**
   * One try for 1 to `maxTokens` devices; one outcome each, in their order. Within a deadline, that of its requests, and
   * never rejects: what the network does is `again`.
   */
  send(message: VendorMessage, tokens: readonly string[]): Promise<Outcome[]>;
  close(): Promise<void>;
}

/** A kind of channel; `services/im/channel/vendors/index.ts` lists them. */
export interface Vendor<Kind extends VendorKind = VendorKind> {
  kind: Kind;
  /** Tokens that one call of its API takes. */
  maxTokens: number;
  open(credentials: CredentialsOf<Kind>, deps: VendorDeps): VendorAdapter;
}
