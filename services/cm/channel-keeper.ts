import type { Bus } from '../common/bus/bus.ts';
import { changedRecord } from '../common/protocol/channel-records.ts';
import type { KeptOfDevices } from './ports.ts';

/**
 * Keeps a device's channel, and then tells whoever remembers that the device had none, over the bus and so in order with
 * the messages that it decides about. Neither is done by halves for the device: it is told of a failure, and repeats both.
 */
export function channelKeeper(
  kept: Pick<KeptOfDevices, 'setChannel'>,
  bus: Pick<Bus, 'publish'>,
  topic: string,
): KeptOfDevices['setChannel'] {
  return async (request, options) => {
    await kept.setChannel(request, options);
    if (request.subscription !== null) await bus.publish(topic, [changedRecord(request.app, request.cid)]);
    return {};
  };
}
