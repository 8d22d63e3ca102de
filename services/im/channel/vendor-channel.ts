import type { Logger } from '../../common/log.ts';
import type { Accounts } from './accounts.ts';
import type { ChannelAdapter, Outcome, Vendor } from './adapter.ts';
import type { VendorMessage } from './vendor-message.ts';
import { toVendorMessage } from './vendors/to-vendor-message.ts';

/** A vendor's channel for all apps: each has a lane, as quotas and credentials are its own. */
export function vendorChannel(
  { kind, maxTokens }: Pick<Vendor, 'kind' | 'maxTokens'>,
  accounts: Pick<Accounts, 'find'>,
  now: () => number,
  log: Logger,
): ChannelAdapter {
  return {
    kind,
    maxTogether: maxTokens,
    laneOf: (app) => app,
    async send(message, subscriptions) {
      const all = (outcome: Outcome): Outcome[] => subscriptions.map(() => outcome);
      let shown: VendorMessage | undefined;
      try {
        shown = toVendorMessage(kind, message, now());
      } catch (error) {
        log.error({ task: message.task, kind, err: error }, 'a message could not be made for a channel');
        return all({ is: 'refused', reason: 'not_made' });
      }
      if (!shown) return all({ is: 'nothing' });
      const tokens = subscriptions.map((subscription) => ('token' in subscription ? subscription.token : ''));
      try {
        const adapter = await accounts.find(message.app, kind);
        return adapter ? await adapter.send(shown, tokens) : all({ is: 'off' });
      } catch (error) {
        log.debug({ task: message.task, kind, err: error }, 'a channel could not be tried');
        return all({ is: 'again', reason: 'failed' });
      }
    },
  };
}
