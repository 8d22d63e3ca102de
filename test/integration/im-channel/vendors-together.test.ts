import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../../../services/common/protocol/channel-calls.ts';
import type { VendorKind } from '../../../services/common/protocol/channel-credentials.ts';
import type { ChannelMessage } from '../../../services/common/protocol/channel-records.ts';
import { encodePush } from '../../../services/common/protocol/push-frame.ts';
import { Accounts, openVendor } from '../../../services/im/channel/accounts.ts';
import { Channels } from '../../../services/im/channel/channels.ts';
import { Lanes } from '../../../services/im/channel/lanes.ts';
import type { Ended } from '../../../services/im/channel/results.ts';
import { Sender } from '../../../services/im/channel/sender.ts';
import { vendorChannel } from '../../../services/im/channel/vendor-channel.ts';
import { vendors } from '../../../services/im/channel/vendors/index.ts';
import { vendorHttp } from '../../../services/im/edges/channel/vendor-http.ts';
import { createChannelMetrics } from '../../../services/im/metrics.ts';
import { waitFor } from '../../rigs/process.ts';
import { HarmonyServer, newHarmonyAccount } from '../../rigs/vendors/harmony.ts';
import { HonorServer } from '../../rigs/vendors/honor.ts';
import { HuaweiServer } from '../../rigs/vendors/huawei.ts';
import { OppoServer } from '../../rigs/vendors/oppo.ts';
import type { VendorServer } from '../../rigs/vendors/vendor-server.ts';
import { VivoServer } from '../../rigs/vendors/vivo.ts';
import { XiaomiServer } from '../../rigs/vendors/xiaomi.ts';

const serviceAccount = newHarmonyAccount();
const credentials = {
  huawei: { appId: '100100', clientSecret: 'secret' },
  xiaomi: { appSecret: 'secret==', packageName: 'com.example.app' },
  oppo: { appKey: 'key', masterSecret: 'master' },
  vivo: { appId: '10004', appKey: '25509283-3767', appSecret: 'secret' },
  honor: { appId: '104436234', clientId: 'client', clientSecret: 'secret' },
  harmony: { serviceAccount },
};
type Kind = keyof typeof credentials;
const kinds = Object.keys(credentials) as Kind[];
const tryMs = 300;

let servers: Record<Kind, VendorServer>;
/** The channels of devices, as user-mysql has them. */
let kept: Map<string, Channel[]>;
let ended: Ended[];
let channels: Channels;
let close: () => Promise<void>;
let offset = 0;

/** Each kind has two devices: one of each is of no use where a test says so. */
const cidOf = (kind: Kind, number: number) => `${kinds.indexOf(kind)}${number}`.padEnd(32, 'c');
const tokenOf = (kind: Kind, number: number) => `${kind}-${number}`;

beforeEach(async () => {
  servers = {
    huawei: await new HuaweiServer(credentials.huawei).listen(),
    xiaomi: await new XiaomiServer(credentials.xiaomi).listen(),
    oppo: await new OppoServer(credentials.oppo).listen(),
    vivo: await new VivoServer(credentials.vivo).listen(),
    honor: await new HonorServer(credentials.honor).listen(),
    harmony: await new HarmonyServer(serviceAccount).listen(),
  };
  kept = new Map();
  ended = [];
  for (const kind of kinds) {
    for (const number of [1, 2]) {
      kept.set(cidOf(kind, number), [{ kind, subscription: { token: tokenOf(kind, number) } }]);
    }
  }
  const log = pino({ level: 'silent' });
  const http = vendorHttp({ tryMs, sockets: 16 });
  const now = Date.now;
  const accounts = new Accounts({
    load: async () => kinds.map((kind) => ({ kind, credentials: credentials[kind] })) as never,
    open: (kind, given) =>
      openVendor(vendors, kind, given, () => ({
        http: http.request,
        openHttp2: () => {
          throw new Error('no HTTP/2');
        },
        baseUrl: servers[kind as Kind].url,
        now,
      })),
    now,
    closeAfterMs: tryMs,
    log,
  });
  const metrics = createChannelMetrics(new Registry(), () => []);
  const lanes: Lanes[] = [];
  const senders = new Map<VendorKind, Sender>();
  for (const kind of kinds) {
    const own = new Lanes({ maxLanes: 10, concurrency: 4, maxPerLane: 100, maxJobs: 100 });
    lanes.push(own);
    const adapter = vendorChannel(vendors[kind]!, accounts, now, log);
    const sender = new Sender({
      ...{ adapter, lanes: own, metrics, now, log },
      states: {
        status: async ({ items }) => ({ results: items.map(() => ({ online: false, depth: 1, attachedAt: null })) }),
        queued: async ({ items }) => ({ results: items.map(() => ({ queued: true, stopped: false })) }),
      },
      kept: {
        dropChannels: async ({ items }) => {
          for (const { cid } of items) kept.delete(cid);
          return { results: items.map(() => ({})) };
        },
      },
      results: { note: (one) => void ended.push(one) },
    });
    senders.set(kind, sender);
  }
  const directory = {
    channelsOf: async ({ items }: { items: { cid: string }[] }) => ({
      results: items.map(({ cid }) => ({ channels: kept.get(cid) ?? [] })),
    }),
  };
  channels = new Channels({ directory, senders, metrics, now, log });
  close = async () => {
    await Promise.all(lanes.map((one) => one.stop()));
    await accounts.close();
    await http.close();
  };
});

afterEach(async () => {
  await close();
  for (const server of Object.values(servers)) {
    await server.stop();
    expect(server.faults).toEqual([]);
  }
});

/** As a router writes it, to all devices. */
async function push(id: string, given?: Record<string, Record<string, unknown>>): Promise<void> {
  const exp = Date.now() + 60_000;
  const head = { id: `T${id}.m`, task: `T${id}`, at: Date.now(), exp };
  const notification = { title: 'Your order', body: 'It is on its way', clickType: 'startapp' };
  const cids = kinds.flatMap((kind) => [cidOf(kind, 1), cidOf(kind, 2)]);
  const record: ChannelMessage = {
    ...{ kind: 'message', app: 'app', task: head.task, exp, cids },
    body: encodePush(head, { notification }),
    orders: given ? { given } : {},
  };
  await channels.handle({ partition: 0, records: [{ offset: offset++, value: JSON.stringify(record) }] } as never);
}

const outcomes = (task: string) =>
  ended.filter(({ message }) => message.task === task).map(({ kind, outcome }) => `${kind} ${outcome}`);
const bothOf = (kind: Kind, task: string) => outcomes(task).filter((one) => one === `${kind} sent`).length === 2;

test('a push reaches two devices of each vendor by one call each, with what the upstream gives for each', async () => {
  const options = {
    HW: { '/message/android/category': 'EXPRESS' },
    XM: { '/extra.channel_id': '137' },
    OP: { '/channel_id': 'orders' },
    VV: { '/category': 'ORDER' },
    HO: { '/android/notification/importance': 'LOW' },
  };
  await push('1', { android: { ups: { options } }, harmony: { notification: { title: 'For HarmonyOS' } } });
  await waitFor('all are told', () => ended.length === 12);
  expect(outcomes('T1').sort()).toEqual(kinds.flatMap((kind) => [`${kind} sent`, `${kind} sent`]).sort());
  for (const kind of kinds) {
    const title = kind === 'harmony' ? 'For HarmonyOS' : 'Your order';
    expect(servers[kind].taken.map((one) => [one.token, one.title])).toEqual([
      [tokenOf(kind, 1), title],
      [tokenOf(kind, 2), title],
    ]);
  }
  const sends = (kind: Kind) => servers[kind].calls.filter(({ text }) => text.includes(tokenOf(kind, 1)));
  for (const kind of kinds) expect(sends(kind)).toHaveLength(1);
  expect(servers.huawei.taken[0]!.request).toMatchObject({ message: { android: { category: 'EXPRESS' } } });
  expect(servers.xiaomi.taken[0]!.request).toMatchObject({ 'extra.channel_id': '137' });
  expect(servers.oppo.taken[0]!.request).toMatchObject({ channel_id: 'orders' });
  expect(servers.vivo.taken[0]!.request).toMatchObject({ category: 'ORDER' });
  expect(servers.honor.taken[0]!.request).toMatchObject({ android: { notification: { importance: 'LOW' } } });
});

test('a token that its vendor calls dead is forgotten, and isn’t tried again', async () => {
  for (const kind of kinds) servers[kind].dead.add(tokenOf(kind, 1));
  await push('1');
  await waitFor('all are told, and the dead forgotten', () => ended.length === 12 && kept.size === 6);
  expect(outcomes('T1').filter((one) => one.endsWith('gone'))).toHaveLength(6);
  await push('2');
  await waitFor('the others get the next one', () => outcomes('T2').length === 6);
  for (const kind of kinds) {
    expect(servers[kind].of(tokenOf(kind, 1))).toEqual([]);
    expect(servers[kind].of(tokenOf(kind, 2))).toHaveLength(2);
    const last = servers[kind].calls.at(-1)!;
    expect(decodeURIComponent(last.text)).not.toContain(tokenOf(kind, 1));
  }
});

test('vendors that answer 429, 500, or never, hold up no other and lose nothing', async () => {
  const { huawei, vivo, oppo } = servers as unknown as { huawei: HuaweiServer; vivo: VivoServer; oppo: OppoServer };
  huawei.tell(huawei.sendPath, { status: 429, headers: { 'retry-after': '1' } });
  vivo.tell(vivo.savePath, { status: 500 });
  oppo.tell(oppo.sendPath, 'hang');
  const begun = performance.now();
  await push('1');
  const others: Kind[] = ['xiaomi', 'honor', 'harmony'];
  await waitFor('the others have it', () => others.every((kind) => bothOf(kind, 'T1')));
  // The batch itself isn't held longer than for one deadline.
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(outcomes('T1')).toHaveLength(6);
  await waitFor('those in trouble have it too', () => kinds.every((kind) => bothOf(kind, 'T1')));
  for (const kind of kinds) {
    expect(servers[kind].of(tokenOf(kind, 1))).toHaveLength(1);
    expect(servers[kind].of(tokenOf(kind, 2))).toHaveLength(1);
  }
});
