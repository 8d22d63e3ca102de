import type { ChannelKind } from '../../../services/common/protocol/channel-calls.ts';
import { channelNames } from '../../../services/common/protocol/channel-calls.ts';
import type { VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import { ApnsServer, newApnsKey } from './apns.ts';
import { FcmServer, newServiceAccount } from './fcm.ts';
import type { Taken, VendorServer } from './vendor-server.ts';

/** A vendor's service as the tests of the whole system use it, whichever it is. */
export interface VendorStub {
  kind: VendorKind;
  /** How strategies and reports call it. */
  name: (typeof channelNames)[ChannelKind];
  /** What `app set-channel` takes. */
  credentials: object;
  url: string;
  /** Tokens that it calls dead. */
  dead: Set<string>;
  faults: string[];
  of(token: string): Taken[];
  waitFor(token: string, count?: number): Promise<Taken[]>;
  /** How often it was asked to send to a token, whatever came of it. */
  asked(token: string): number;
  /** It answers the next sends with 429 and a second to wait, 500, and never. */
  fail(): void;
  stop(): Promise<void>;
}

/** A new stub of each kind that there is an adapter for: a further kind is a row here. */
export const vendorStubs: { [Kind in VendorKind]?: () => Promise<VendorStub> } = {
  fcm: async () => {
    const account = newServiceAccount();
    const server = await new FcmServer(account).listen();
    return stubOf('fcm', account, server, server.sendPath);
  },
  apns: async () => {
    const credentials = newApnsKey();
    const server = await new ApnsServer(credentials).listen();
    return {
      ...shared('apns', credentials, server),
      asked: (token) => server.asked.filter((headers) => headers[':path'] === `/3/device/${token}`).length,
      fail: () => server.tell({ status: 429, headers: { 'retry-after': '1' } }, { status: 500 }, 'hang'),
    };
  },
};

function stubOf(kind: VendorKind, credentials: object, server: VendorServer, sendPath: string): VendorStub {
  return {
    ...shared(kind, credentials, server),
    asked: (token) => server.callsOf(sendPath).filter(({ text }) => text.includes(token)).length,
    fail: () => server.tell(sendPath, { status: 429, headers: { 'retry-after': '1' } }, { status: 500 }, 'hang'),
  };
}

function shared(kind: VendorKind, credentials: object, server: VendorServer | ApnsServer) {
  return {
    kind,
    name: channelNames[kind],
    credentials,
    url: server.url,
    dead: server.dead,
    faults: server.faults,
    of: (token: string) => server.of(token),
    waitFor: (token: string, count = 1) => server.waitFor(token, count, 30_000),
    stop: () => server.stop(),
  };
}
