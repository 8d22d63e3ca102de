import type { Channel, ChannelKind } from '../../common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';

/** What one try came to. */
export type Outcome =
  | { is: 'sent' }
  /** There is nothing in the message that this channel could show. */
  | { is: 'nothing' }
  /** The subscription is of no use any more. */
  | { is: 'gone' }
  /** Not this message, or not from us: another try would come to the same. */
  | { is: 'refused' }
  /** A later try may succeed; `afterMs`: not before that, if the service said so. */
  | { is: 'again'; afterMs?: number };

/** A way to reach devices that have no connection. One of each kind, for all apps. */
export interface ChannelAdapter {
  kind: ChannelKind;
  /** Which service a subscription belongs to: services don't wait for each other. */
  serviceOf(subscription: Channel['subscription']): string;
  /** One try, within a deadline of its own. Never rejects. */
  send(message: ChannelMessage, subscription: Channel['subscription']): Promise<Outcome>;
}
