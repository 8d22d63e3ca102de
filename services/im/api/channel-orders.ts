import type { ChannelOrders } from '../../common/protocol/channel-records.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { maxPushChannelLength } from '../../common/protocol/rest/push-channel.ts';
import { overLimit } from './faults.ts';

/** Names of channels; others are fields that nobody knows. */
const channelName = /^[a-z0-9_]{1,32}$/;

/** @throws ApiFault `parameter` */
export function checkPushChannel(given: PushBody['push_channel'], at: string): void {
  if (given !== undefined && JSON.stringify(given).length > maxPushChannelLength) throw overLimit(at);
}

/**
 * What a checked push says of channels, kept with its message. Undefined for one that goes by none: that isn't stored, so
 * that nobody can say later who had it; that has nothing to show; or that is for the system's own connections alone.
 */
export function channelOrdersOf(
  { push_message, push_channel, settings }: Pick<PushBody, 'push_message' | 'push_channel' | 'settings'>,
  stored: boolean,
): ChannelOrders | undefined {
  const given = named<Record<string, unknown>>(push_channel, isObject);
  const strategy = named<number>(settings?.strategy, Number.isInteger);
  if (!stored || push_message.revoke || (!push_message.notification && !given)) return undefined;
  if (strategy?.['default'] === 3 && Object.values(strategy).every((one) => one === 3)) return undefined;
  return { ...(strategy ? { strategy } : {}), ...(given ? { given } : {}) };
}

/** The fields that have the name of a channel and what belongs there; undefined if there are none. */
function named<Value>(given: object | undefined, fits: (value: unknown) => boolean): Record<string, Value> | undefined {
  const kept = Object.entries(given ?? {}).filter(([name, value]) => channelName.test(name) && fits(value));
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Record<string, Value>);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
