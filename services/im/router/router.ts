import type { Batch, BusRecord, Consumer, Rest } from '../../common/bus/bus.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { partsOf } from '../../common/parts.ts';
import { RouteRecord } from '../../common/protocol/bus-records.ts';
import { seqOf } from '../../common/protocol/positions.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { ReceiptWriter } from '../../common/receipts.ts';
import { type Client, escapedBytes, maxCallBytes } from '../../common/rpc/contract.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import type { RouterMetrics } from '../metrics.ts';
import type { ChannelOffers, Stored } from './channel-offers.ts';
import type { Handoff, Offer } from './handoff.ts';
import type { Replay } from './replay.ts';

interface Located {
  record: RouteRecord;
  offset: number;
  seq: number;
  /** It only takes another message back: nobody gets it any more. */
  expired: boolean;
}

export interface RouterDeps {
  queues: Pick<Client<UserRedisCalls>, 'enqueue'>;
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
/** Devices in one enqueue call at the most, but for a record that has more. */
const maxTargets = 1_000;

/** Of what one call may have, in devices or in bytes, whichever is more. */
function shareOf({ record }: Located): number {
  return record.cids.length / maxTargets + escapedBytes(record.body) / maxCallBytes;
}

/**
 * Store, then route: each record of a batch goes into its devices' queues, is handed to the nodes that hold them, and is
 * counted. Repeated after a crash, all of it is the same work at the same positions.
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

  constructor(deps: RouterDeps) {
    this.#deps = deps;
  }

  /** Answers the counting of the batch, which the next one need not wait for. */
  async handle(batch: Batch, consumer: Pick<Consumer, 'restart'>): Promise<Rest | undefined> {
    const { replay, generation, metrics } = this.#deps;
    const stop = metrics.batchSeconds.startTimer();
    const located = batch.records.flatMap((record) => this.#locate(record));
    const forChannels: Stored[] = [];
    const counting: Promise<void>[] = [];
    const next = batch.records.at(-1)!.offset + 1;
    const end = replay.endOf(batch.partition, next);
    const limit = end === undefined ? undefined : seqOf(generation, end);
    for (const part of partsOf(located, shareOf, 1)) {
      // Rejected, not resolved: what resolves is committed.
      if (batch.stale()) throw new LongwireError('unavailable', 'the partition is handed over');
      if (!(await this.#route(batch.partition, part, limit, forChannels, counting))) {
        consumer.restart(batch.partition);
        return undefined;
      }
    }
    // Last, as it is the one thing that a repeat of the batch does again; not after the counting, for which a device that is offline would wait.
    if (forChannels.length > 0) await this.#deps.channels?.offer(forChannels);
    if (!(await replay.handled(batch.partition, next))) consumer.restart(batch.partition);
    stop();
    return counting.length === 0 ? undefined : { done: Promise.all(counting) };
  }

  /** Answers false if the view of the partition was lost. Adds what may go by channels to `forChannels`, and to `counting` what counts the part. */
  async #route(
    partition: number,
    part: Located[],
    limit: number | undefined,
    forChannels: Stored[],
    counting: Promise<void>[],
  ): Promise<boolean> {
    const { queues, replay, handoff, metrics, channels, traces, now } = this.#deps;
    const begunMs = now();
    const { view, results } = await queues.enqueue({
      partition,
      ...(limit === undefined ? {} : { limit }),
      records: part.map(({ record, seq, expired }) => ({
        id: record.id,
        seq,
        task: record.task,
        exp: record.exp,
        stored: record.stored && !expired,
        ...(record.once && !expired ? { once: true } : {}),
        ...(record.recalls === undefined ? {} : { recalls: record.recalls }),
        body: record.body,
        cids: record.cids,
      })),
    });
    if (replay.mustRestart(partition, view)) return false;
    const offers: Offer[] = [];
    const offered: number[] = [];
    const receipts: Parameters<ReceiptWriter['keep']>[0] = [];
    for (const [index, { record, seq, offset, expired }] of part.entries()) {
      if (expired) continue;
      const { duplicate, targets } = results[index]!;
      metrics.records.inc({ outcome: duplicate ? 'duplicate' : 'stored' });
      if (duplicate) continue;
      const message = { task: record.task, exp: record.exp, body: record.body, seq: record.stored ? seq : null };
      const counted = replay.counted(partition, offset);
      const before = offers.length;
      for (const target of targets) {
        if (target?.route && view === 'ready') offers.push({ route: target.route, prev: target.prev, message });
      }
      if (!counted) receipts.push(targetsOf(record));
      if (offers.length > before) offered.push(record.at);
      if (channels && record.channels && !counted) forChannels.push({ record, targets });
      metrics.targets.inc({ outcome: view === 'ready' ? 'live' : 'replayed' }, targets.length);
    }
    if (receipts.length > 0) counting.push(this.#deps.receipts.keep(receipts));
    await handoff.offer(offers);
    for (const at of offered) metrics.handoffSeconds.observe(Math.max(0, now() - at) / 1_000);
    if (traces && view === 'ready') recordRouted(traces, partition, part, begunMs);
    return true;
  }

  /** Reads a record; one that nobody can read is passed over, and one that has expired, unless it recalls another. */
  #locate({ offset, value }: BusRecord): Located[] {
    const { generation, metrics, now, log } = this.#deps;
    const record = readRecord(value);
    if (!record) {
      metrics.records.inc({ outcome: 'unreadable' });
      log.error({ offset }, 'a route record cannot be read');
      return [];
    }
    const expired = record.exp <= now();
    if (expired) metrics.records.inc({ outcome: 'expired' });
    if (expired && record.recalls === undefined) return [];
    return [{ record, offset, seq: seqOf(generation, offset), expired }];
  }
}

function targetsOf({ app, task, at, group, cids }: RouteRecord) {
  return { kind: 'event', app, task, event: 'target', at, cids, group } as const;
}

function recordRouted(traces: PushTraces, partition: number, part: Located[], begunMs: number): void {
  for (const { record, offset, expired } of part) {
    if (expired) continue;
    const where = { 'longwire.partition': partition, 'longwire.offset': offset };
    traces.record('route', record.task, begunMs, { ...where, 'longwire.targets': record.cids.length });
  }
}
