import type { ChannelKind } from '../../../services/common/protocol/channel-calls.ts';
import { channelNames } from '../../../services/common/protocol/channel-calls.ts';
import type { VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import { ApnsServer, newApnsKey } from './apns.ts';
import { FcmServer, newServiceAccount } from './fcm.ts';
import { HarmonyServer, newHarmonyAccount } from './harmony.ts';
import { HonorServer } from './honor.ts';
import { HuaweiServer } from './huawei.ts';
import { OppoServer } from './oppo.ts';
import type { Taken, VendorServer } from './vendor-server.ts';
import { VivoServer } from './vivo.ts';
import { XiaomiServer } from './xiaomi.ts';

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
  huawei: async () => {
    const credentials = { appId: '100100', clientSecret: 'of-huawei' };
    const server = await new HuaweiServer(credentials).listen();
    return stubOf('huawei', credentials, server, server.sendPath);
  },
  xiaomi: async () => {
    const credentials = { appSecret: 'of-xiaomi==', packageName: 'com.example.app' };
    const server = await new XiaomiServer(credentials).listen();
    return stubOf('xiaomi', credentials, server, server.sendPath);
  },
  oppo: async () => {
    const credentials = { appKey: 'key', masterSecret: 'of-oppo' };
    const server = await new OppoServer(credentials).listen();
    return stubOf('oppo', credentials, server, server.sendPath);
  },
  vivo: async () => {
    const credentials = { appId: '10004', appKey: 'key', appSecret: 'of-vivo' };
    const server = await new VivoServer(credentials).listen();
    return stubOf('vivo', credentials, server, server.sendPath);
  },
  honor: async () => {
    const credentials = { appId: '104436234', clientId: 'client', clientSecret: 'of-honor' };
    const server = await new HonorServer(credentials).listen();
    return stubOf('honor', credentials, server, server.sendPath);
  },
  harmony: async () => {
    const serviceAccount = newHarmonyAccount();
    const server = await new HarmonyServer(serviceAccount).listen();
    return stubOf('harmony', { serviceAccount }, server, server.sendPath);
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
