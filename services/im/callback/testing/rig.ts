import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Batch } from '../../../common/bus/bus.ts';
import type { App } from '../../../common/protocol/app.ts';
import type { EventReceipt } from '../../../common/protocol/bus-records.ts';
import { createCallbackMetrics } from '../../metrics.ts';
import { Callbacks, type CallbacksDeps } from '../callbacks.ts';
import type { Post } from '../lane.ts';

export function appOf(appId: string, callbackUrl: string | undefined): App {
  const secrets = { appKey: 'k', masterSecret: `master of ${appId}`, appSecret: 's' };
  return { appId, ...secrets, name: '', disabled: false, ...(callbackUrl === undefined ? {} : { callbackUrl }) };
}

export const cidOf = (index: number): string => index.toString(16).padStart(32, '0');

export function receipt(
  app: string,
  task: string,
  cids: number[],
  event: EventReceipt['event'] = 'arrived',
): EventReceipt {
  return { kind: 'event', app, task, event, at: 1_000, cids: cids.map(cidOf) };
}

export function batchOf(receipts: (EventReceipt | string)[], stale: () => boolean = () => false): Batch {
  const records = receipts.map((value, offset) => ({
    ...{ offset, key: 'k', timeMs: 1 },
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return { partition: 0, records, stale };
}

/** Callbacks of these apps, with no pauses to speak of, that wait for prompt upstreams as good as for ever. */
export function callbacksRig(apps: App[], post: Post, options: Partial<CallbacksDeps> = {}) {
  const registry = new Registry();
  const known = new Map(apps.map((app) => [app.appId, app]));
  const metrics = createCallbackMetrics(registry, () => callbacks.waiting);
  const callbacks: Callbacks = new Callbacks({
    post,
    find: async (appId) => known.get(appId) ?? null,
    aliases: { of: async () => new Map() },
    identity: { messageId: (_, task) => `${task}.mac` },
    limits: { callbackMaxWaiting: 10_000 },
    pausesMs: [1, 1],
    promptMs: 60_000,
    onTry: () => {},
    metrics,
    log: pino({ level: 'silent' }),
    ...options,
  });
  /** What a counter or gauge holds, by its one label, or `all`. */
  async function metric(name: string): Promise<Record<string, number>> {
    const { values } = (await registry.getSingleMetric(`longwire_callback_${name}`)!.get()) as {
      values: { labels: Record<string, string>; value: number }[];
    };
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels)[0] ?? 'all', value]));
  }
  return { callbacks, known, metric };
}

export interface Line {
  appid: string;
  cid: string;
  taskid: string;
  msgid: string;
  actionId: string;
  recvtime: number;
  alias?: string;
  sign: string;
}

export function linesOf(body: string): Line[] {
  return body.split('\n').map((line) => JSON.parse(line) as Line);
}
