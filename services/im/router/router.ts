import { Batcher } from '../../common/batcher.ts';
import type { Batch, BusRecord, Consumer, Rest } from '../../common/bus/bus.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { partsOf } from '../../common/parts.ts';
import { RouteRecord } from '../../common/protocol/bus-records.ts';
import { seqOf } from '../../common/protocol/positions.ts';
import type { EnqueueRequest } from '../../common/protocol/user-redis-calls.ts';
import type { KeptReceipt, ReceiptWriter } from '../../common/receipts.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import type { RouterMetrics } from '../metrics.ts';
import type { ChannelOffers, Stored } from './channel-offers.ts';
import type { Handoff } from './handoff.ts';
import { type Located, shareOf, storedOf } from './located.ts';
import type { Offer } from './node-shares.ts';
import type { Enqueued, Queues, Targets } from './queues.ts';
import type { Replay } from './replay.ts';

/** Records of one partition that one call can take. */
interface Part {
  partition: number;
  records: Located[];
  /** As `enqueue` takes it. */
  limit: number | undefined;
  /** What may go by channels is added here. */
  forChannels: Stored[];
}

/** What the parts of one turn of the event loop come to. */
interface Turn {
  storedAt: number;
  /** Those of partitions whose view is whole. */
  live: Part[];
  offers: Offer[];
  /** When each record that is offered was accepted. */
  offeredAt: number[];
  receipts: KeptReceipt[];
  /** Resolves when they are counted. */
  counted?: Promise<void>;
}

/** What came of a part: its turn, unless the view of its partition was lost, or it failed. */
type Routed = Turn | 'lost' | LongwireError;

export interface RouterDeps {
  queues: Pick<Queues, 'enqueue'>;
  replay: Replay;
  handoff: Pick<Handoff, 'offer'>;
  receipts: Pick<ReceiptWriter, 'keep'>;
  /** Undefined where no channel of a vendor is set up. */
  channels?: Pick<ChannelOffers, 'offer'> | undefined;
  generation: number;
  metrics: RouterMetrics;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  now: () => number;
  log: Logger;
}

const readRecord = recordReader(RouteRecord);
/** Parts in one enqueue call at the most, each of another partition. */
const maxParts = 256;
/** A partition has one part under way: as many partitions as there may be. */
const maxPending = 1_024;

/**
 * Store, then route: each record of a batch goes into its devices' queues, is handed to the nodes that hold them, and is
 * counted. Repeated after a crash, all of it is the same work at the same positions. What comes of all partitions in one turn of the
 * event loop is stored with one call and handed over at once; what fails of one partition is its own.
 *
 * - RT1 A batch is committed only after everything in it is stored, offered once to the nodes that take it promptly, and counted, or kept in
 *   memory to be counted where the bus doesn't take its receipts.
 * - RT2 From a view that is not whole nothing is offered; one that was lost is filled again first.
 * - RT3 What was counted before a partition was read again is not left to channels again.
 * - RT4 What a message recalls stays recalled when it has expired itself: a view may be filled again after that, and the other
 *   may live longer.
 */
export class Router {
  #deps: RouterDeps;
  #turns: Batcher<Part, Routed>;
  /** Partitions with a part under way, or whose last one failed. */
  #unsettled = new Set<number>();

  constructor(deps: RouterDeps) {
    this.#deps = deps;
    this.#turns = new Batcher({
      maxItems: maxParts,
      maxPending,
      // A turn doesn't wait for the one before it: that may wait for a node.
      concurrency: Number.POSITIVE_INFINITY,
      weigh: ({ records }) => records.reduce((sum, one) => sum + shareOf(one), 0),
      maxWeight: 1,
      run: (parts) => this.#route(parts),
    });
  }

  /** Answers the counting of the batch, which the next one need not wait for. */
  async handle(batch: Batch, consumer: Pick<Consumer, 'restart'>): Promise<Rest | undefined> {
    const { replay, generation, metrics } = this.#deps;
    const { partition } = batch;
    const begunMs = performance.now();
    const located = this.#locate(batch.records);
    const forChannels: Stored[] = [];
    const counting: Promise<void>[] = [];
    const next = batch.records.at(-1)!.offset + 1;
    const end = replay.endOf(partition, next);
    const limit = end === undefined ? undefined : seqOf(generation, end);
    for (const records of partsOf(located, shareOf, 1)) {
      // Rejected, not resolved: what resolves is committed.
      if (batch.stale()) throw new LongwireError('unavailable', 'the partition is handed over');
      const routed = await this.#routed({ partition, records, limit, forChannels });
      if (routed === 'lost') {
        consumer.restart(partition);
        return undefined;
      }
      if (routed.counted) counting.push(routed.counted);
    }
    // Last, as it is the one thing that a repeat of the batch does again; not after the counting, for which a device that is offline would wait.
    if (forChannels.length > 0) await this.#deps.channels?.offer(forChannels);
    if (!(await replay.handled(partition, next))) consumer.restart(partition);
    metrics.batchSeconds.observe((performance.now() - begunMs) / 1_000);
    if (counting.length === 0) return undefined;
    return { done: counting.length === 1 ? counting[0]! : Promise.all(counting) };
  }

  /**
   * What failed last goes alone: it may fail by what is in it, and slowly.
   *
   * @throws LongwireError what it failed with.
   */
  async #routed(part: Part): Promise<Turn | 'lost'> {
    const { partition } = part;
    const isAlone = this.#unsettled.has(partition);
    this.#unsettled.add(partition);
    const routed = isAlone ? (await this.#route([part]))[0]! : await this.#turns.add(part);
    if (routed instanceof LongwireError) throw routed;
    this.#unsettled.delete(partition);
    return routed;
  }

  /** Stores parts, and then hands them over together. */
  async #route(parts: Part[]): Promise<Routed[]> {
    const { queues, handoff, receipts, metrics, now } = this.#deps;
    const begunMs = now();
    const enqueued = await queues.enqueue(parts.map(requestOf));
    const turn: Turn = { storedAt: now(), live: [], offers: [], offeredAt: [], receipts: [] };
    const routed = parts.map((part, index) => this.#took(part, enqueued[index]!, turn));
    if (turn.receipts.length > 0) turn.counted = receipts.keep(turn.receipts);
    await handoff.offer(turn.offers);
    const handedAt = now();
    for (const at of turn.offeredAt) metrics.handoffSeconds.observe(Math.max(0, handedAt - at) / 1_000);
    for (const part of turn.live) this.#trace(part, begunMs);
    return routed;
  }

  /** Adds to its turn what is to be offered and counted of a part that was stored. */
  #took(part: Part, enqueued: Enqueued, turn: Turn): Routed {
    if (enqueued instanceof LongwireError) return enqueued;
    const { replay, metrics, channels } = this.#deps;
    const { partition, records, forChannels } = part;
    const { view, results } = enqueued;
    if (replay.mustRestart(partition, view)) return 'lost';
    const isLive = view === 'ready';
    if (isLive) turn.live.push(part);
    let duplicates = 0;
    let stored = 0;
    let devices = 0;
    for (let index = 0; index < records.length; index++) {
      const { record, seq, offset, expired } = records[index]!;
      if (expired) continue;
      const { duplicate, targets } = results[index]!;
      if (duplicate) {
        duplicates++;
        continue;
      }
      stored++;
      devices += targets.length;
      if (isLive && addOffers(turn.offers, record, seq, targets)) turn.offeredAt.push(record.at);
      if (replay.counted(partition, offset)) continue;
      addTargetReceipts(turn.receipts, record, targets, turn.storedAt);
      if (channels && record.channels) forChannels.push({ record, targets });
    }
    if (duplicates > 0) metrics.records.inc({ outcome: 'duplicate' }, duplicates);
    if (stored > 0) metrics.records.inc({ outcome: 'stored' }, stored);
    if (devices > 0) metrics.targets.inc({ outcome: isLive ? 'live' : 'replayed' }, devices);
    return turn;
  }

  /** Reads records; one that nobody can read is passed over, and one that has expired, unless it recalls another. */
  #locate(records: BusRecord[]): Located[] {
    const { generation, metrics, now, log } = this.#deps;
    const located: Located[] = [];
    const nowMs = now();
    for (const { offset, value } of records) {
      const record = readRecord(value);
      if (!record) {
        metrics.records.inc({ outcome: 'unreadable' });
        log.error({ offset }, 'a route record cannot be read');
        continue;
      }
      const expired = record.exp <= nowMs;
      if (expired) metrics.records.inc({ outcome: 'expired' });
      if (expired && record.recalls === undefined) continue;
      located.push({ record, offset, seq: seqOf(generation, offset), expired });
    }
    return located;
  }

  #trace({ partition, records }: Part, begunMs: number): void {
    const { traces } = this.#deps;
    if (!traces) return;
    for (const { record, offset, expired } of records) {
      if (expired) continue;
      const where = { 'longwire.partition': partition, 'longwire.offset': offset };
      traces.record('route', record.task, begunMs, { ...where, 'longwire.targets': record.cids.length });
    }
  }
}

function requestOf({ partition, records, limit }: Part): EnqueueRequest {
  const request: EnqueueRequest = { partition, records: records.map(storedOf) };
  if (limit !== undefined) request.limit = limit;
  return request;
}

/** Answers whether any of the devices has a connection. */
function addOffers(offers: Offer[], { task, exp, body, stored }: RouteRecord, seq: number, targets: Targets): boolean {
  let message: Offer['message'] | undefined;
  for (const target of targets) {
    if (!target?.route) continue;
    message ??= { task, exp, body, seq: stored ? seq : null };
    offers.push({ route: target.route, prev: target.prev, message });
  }
  return message !== undefined;
}

/** That a record's devices are its targets: those whose queues have it since this time, and the others. */
function addTargetReceipts(
  receipts: KeptReceipt[],
  { app, task, at, group, cids, stored }: RouteRecord,
  targets: Targets,
  storedAt: number,
): void {
  const queued: string[] = [];
  const others: string[] = [];
  for (let index = 0; index < cids.length; index++) {
    (stored && targets[index] !== null ? queued : others).push(cids[index]!);
  }
  if (queued.length > 0)
    receipts.push({ kind: 'event', app, task, event: 'target', at, group, storedAt, cids: queued });
  if (others.length > 0) receipts.push({ kind: 'event', app, task, event: 'target', at, group, cids: others });
}
