import { pino } from 'pino';
import { Registry } from 'prom-client';
import { inBlocks } from '../../common/addresses/blocks.ts';
import { LongwireError } from '../../common/errors.ts';
import { Identity } from '../../common/identity.ts';
import type { App } from '../../common/protocol/user-mysql-calls.ts';
import type { Route } from '../../common/protocol/user-redis-calls.ts';
import type { Receipt } from '../../common/receipts.ts';
import { Acks } from '../acks.ts';
import { Admission } from '../admission.ts';
import { Broadcasts } from '../broadcasts.ts';
import type { ConnectionLimits } from '../core/phase.ts';
import { DeliveryTimes } from '../delivery-times.ts';
import { DeviceCalls } from '../device-calls.ts';
import { DeviceReceipts } from '../device-receipts.ts';
import { EntryLimits, type EntryRates } from '../entry-limits.ts';
import { Gateway, type Link } from '../gateway.ts';
import { createMetrics } from '../metrics.ts';
import { Positions } from '../positions.ts';
import { Sessions } from '../sessions.ts';
import { Storage } from '../storage.ts';
import { FakeWire } from './fake-wire.ts';
import { MemoryLogs } from './memory-logs.ts';
import { MemoryQueues } from './memory-queues.ts';

export const self = { node: 'n1', boot: 'b1', address: 'http://127.0.0.1:1' };
export const appId = 'app';

const app: App = { appId, appKey: 'k', masterSecret: 'm', appSecret: 's', name: 'n', disabled: false };
const defaultLimits: ConnectionLimits = {
  loginMs: 10_000,
  heartbeatSeconds: 60,
  window: 4,
  framesPerSecond: 200,
  frameBurst: 600,
  blockedMs: 5_000,
  reattachMs: 3_600_000,
  sweepMs: 300_000,
};

/** Nothing that tests of other things could reach. */
const defaultRates: EntryRates = {
  ...{ addressConnectionsPerSecond: 1, addressConnectionBurst: 100_000 },
  ...{ addressFailuresPerSecond: 1, addressFailureBurst: 100_000 },
  ...{ addressRegistrationsPerSecond: 1, addressRegistrationBurst: 100_000 },
  ...{ appRegistrationsPerSecond: 1, appRegistrationBurst: 100_000 },
  ...{ appLoginsPerSecond: 1, appLoginBurst: 100_000 },
};

export interface TestDevice {
  link: Link;
  wire: FakeWire;
}

/**
 * A CM node without its edges: gateway, sessions and acks on queues in memory, with a clock that the test turns.
 *
 * @param options `now` is where the clock begins, ms.
 */
export function createNode(options: { maxConnections?: number; now?: number } = {}) {
  const log = pino({ level: 'silent' });
  const state = {
    now: options.now ?? 1_000_000,
    app: { ...app } as App | null,
    receipts: [] as Receipt[],
    /** When the bus takes receipts, or why it doesn't. */
    busTakes: Promise.resolve(),
    kicked: [] as Route[],
    channels: [] as unknown[],
    blacklist: new Set<string>(),
    leaseRanOut: false,
    exempt: [] as string[],
    trusted: [] as string[],
    appLookUps: 0,
    /** Where the one partition of the bus ends; NaN: the bus is away. */
    busEnd: 1_000_000_000,
    busLost: 0,
  };
  const now = (): number => state.now;
  /** What a test may change while the node runs. */
  const limits = { ...defaultLimits };
  const room = { maxBufferedBytes: 1_000, maxConnections: options.maxConnections ?? 100 };
  /** Once for each time that the test says so. */
  const leaseRanOut = (): boolean => {
    const ranOut = state.leaseRanOut;
    state.leaseRanOut = false;
    return ranOut;
  };
  const queues = new MemoryQueues();
  const logs = new MemoryLogs();
  const storage = new Storage(queues, 1_000);
  const metrics = createMetrics(new Registry(), () => gateway);
  const identity = new Identity(['a key of sixteen or more']);
  const receipts = {
    write: (receipt: Receipt) => {
      const { busTakes } = state;
      state.receipts.push(receipt);
      return busTakes;
    },
  };
  const acks = new Acks(receipts, queues, now, () => {});
  const registry = { register: async () => ({}) };
  const kept = {
    bindAliases: async () => ({}),
    unbindAliases: async () => ({}),
    setTags: async () => ({}),
    setChannel: async (request: unknown) => {
      state.channels.push(request);
      return {};
    },
  };
  const nonces = { claimNonce: async () => ({ fresh: true }) };
  /** What a test may change while the node runs. */
  const rates = { ...defaultRates };
  const isExempt = inBlocks(() => state.exempt);
  const entry = new EntryLimits(rates, isExempt, now, (what) => metrics.refused.inc({ what }));
  const apps = {
    find: async () => {
      state.appLookUps++;
      return state.app;
    },
    remembered: () => state.app ?? undefined,
  };
  const admission = new Admission(identity, registry, nonces, kept, apps, entry, now);
  const proxies = {
    isTrusted: inBlocks(() => state.trusted),
    proxyProtocol: false,
    onBadHeader: () => metrics.refused.inc({ what: 'proxy_header' }),
  };
  /** For `createDeviceServer`. */
  const doors = { maxFrameBytes: 16_384, refusing: () => undefined, entry, isExempt, proxies };
  const deviceReceipts = new DeviceReceipts(receipts, receipts, now, () => {});
  const broadcasts: Broadcasts = new Broadcasts({
    ...{ logs, gateway: () => gateway, metrics, now, log },
    sent: (app, task, cids) => deviceReceipts.sentToAll(app, task, cids),
  });
  const bus = {
    ranges: async () => {
      if (Number.isNaN(state.busEnd)) throw new LongwireError('unavailable', 'the bus is away');
      return [{ partition: 0, begin: 0, end: state.busEnd }];
    },
  };
  const positionTopics = { route: 'route', broadcast: 'broadcast' };
  const onLost = (): void => {
    state.busLost++;
  };
  const positions = new Positions(
    bus,
    { topics: positionTopics, generation: 0, everyMs: 60_000, sent: () => [], onLost },
    log,
  );
  const sessions: Sessions = new Sessions({
    self,
    admission,
    calls: new DeviceCalls(kept, log),
    broadcasts,
    positions,
    blacklist: { has: async (_app, cid) => state.blacklist.has(cid) },
    storage,
    acks,
    receipts: deviceReceipts,
    deliveries: new DeliveryTimes({ took: () => {}, traces: undefined, now }),
    kick: (route) => void state.kicked.push(route),
    limits,
    metrics,
    now,
    log,
  });
  const gateway: Gateway = new Gateway({ limits, room, now, leaseRanOut }, sessions, metrics, log);
  sessions.bind(gateway);

  function open(): TestDevice {
    const wire = new FakeWire();
    const link = gateway.open(wire);
    wire.onClose = (code) => gateway.closed(link, code);
    return { link, wire };
  }

  /** Sends a login; its welcome comes later. */
  function login(
    { link }: TestDevice,
    cid: string,
    fields: { seq?: number; bseq?: number; token?: string } = {},
  ): void {
    const token = identity.deviceToken(appId, cid);
    gateway.text(link, JSON.stringify({ t: 'login', appId, cid, token, seq: 0, ...fields }));
  }

  return {
    state,
    limits,
    room,
    rates,
    doors,
    queues,
    logs,
    broadcasts,
    deviceReceipts,
    positions,
    storage,
    acks,
    sessions,
    gateway,
    identity,
    metrics,
    log,
    open,
    login,
  };
}
