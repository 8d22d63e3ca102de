import type { AppCredentials } from '../../common/protocol/app-channel-calls.ts';
import type { VendorKind } from '../../common/protocol/channel-credentials.ts';
import type { channelsCalls } from '../calls/channels.ts';
import type { Reason } from '../calls/reasons.ts';
import { asking, ConsoleFault, notFound } from '../core/fault.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

/** What a private key has to be, of the kinds that have one: only user-mysql looks into it. */
const keyFaults: Partial<Record<VendorKind, Reason>> = {
  fcm: 'no_rsa_key',
  apns: 'no_p256_key',
  harmony: 'no_rsa_key',
};

export function channelsHandlers({ mysql }: Pick<HandlerDeps, 'mysql'>): Handlers<typeof channelsCalls> {
  async function needApp(appId: string): Promise<void> {
    const { app } = await asking('user-mysql', mysql.app({ appId }));
    if (app === null) throw notFound('app');
  }

  async function channelsOf(appId: string) {
    const [{ channels, keepsCredentials = true }] = await Promise.all([
      asking('user-mysql', mysql.appChannels({ appId })),
      needApp(appId),
    ]);
    return { items: channels, canSet: keepsCredentials };
  }

  return {
    channels: ({ params }) => channelsOf(params.app),

    async setChannel({ params, body, note }) {
      // The schema lets one through.
      const [[kind, credentials]] = Object.entries(body) as [[VendorKind, object]];
      note({ target: kind });
      if (!(await channelsOf(params.app)).canSet) throw new ConsoleFault('conflict', 'no_channel_keys');
      const channel = { kind, credentials } as AppCredentials;
      const keyFault = keyFaults[kind];
      const refusals = keyFault === undefined ? {} : { bad_request: keyFault };
      const set = mysql.setAppChannel({ appId: params.app, channel });
      return (await asking('user-mysql', set, refusals, kind)).channel;
    },

    async removeChannel({ params: { app, kind } }) {
      await needApp(app);
      await asking('user-mysql', mysql.removeAppChannel({ appId: app, kind }));
      return undefined;
    },
  };
}
