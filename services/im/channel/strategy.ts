import { type ChannelKind, channelNames } from '../../common/protocol/channel-calls.ts';
import type { ChannelOrders } from '../../common/protocol/channel-records.ts';

/** When a message goes by a channel: while its device has no connection, whether it has one or not, or never. */
export type ChannelUse = 'offline' | 'always' | 'never';

/**
 * What upstreams' strategies mean here. 2 ("only the channel") and 4 ("the channel first") are alike: no push service says
 * that a user saw a message, so it waits in the device's queue in any case and nothing is lost.
 */
const meanings: Record<number, ChannelUse> = { 1: 'offline', 2: 'always', 3: 'never', 4: 'always' };

/** By Getui's name of the channel, by the kind's own, by `default`. */
export function tagUseOf(kind: ChannelKind, { strategy }: ChannelOrders): ChannelUse {
  const number = strategy?.[channelNames[kind]] ?? strategy?.[kind] ?? strategy?.['default'] ?? 1;
  return meanings[number] ?? 'offline';
}
