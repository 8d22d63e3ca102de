import type { Batch, BusRecord, Consumer } from '../../common/bus/bus.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import type { CmNodes } from '../../common/cm-nodes.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { partsOf } from '../../common/parts.ts';
import { BroadcastRecord } from '../../common/protocol/bus-records.ts';
import { seqOf } from '../../common/protocol/positions.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import { type Client, escapedBytes, maxCallBytes } from '../../common/rpc/contract.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import type { RouterMetrics } from '../metrics.ts';
import type { Replay } from './replay.ts';

export interface BroadcasterDeps {
  logs: Pick<Client<UserRedisCalls>, 'appendBroadcasts'>;
  replay: Pick<Replay, 'handled' | 'mustRestart'>;
  nodes: Pick<CmNodes, 'all'>;
  generation: number;
  metrics: RouterMetrics;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  now: () => number;
  log: Logger;
}

const readRecord = recordReader(BroadcastRecord);
/** How long a batch waits for nodes to take its hint; they look by themselves too. */
const hintMs = 500;

/**
 * Puts broadcasts into their apps' logs and tells every CM node that there is something new: what it costs depends on the
 * number of nodes, not on that of devices.
 *
 * - BC1 A batch is committed only after everything in it is in its log.
 * - BC2 A log that lost something is filled again first; nodes read nothing from it meanwhile.
 */
export class Broadcaster {
  #deps: BroadcasterDeps;

  constructor(deps: BroadcasterDeps) {
    this.#deps = deps;
  }

  async handle(batch: Batch, consumer: Pick<Consumer, 'restart'>): Promise<void> {
    const { logs, replay, metrics, traces, now } = this.#deps;
    const begunMs = now();
    const { partition } = batch;
    const records = batch.records.flatMap((record) => this.#locate(record));
    const apps = new Set<string>();
    for (const part of partsOf(records, ({ body }) => escapedBytes(body), maxCallBytes)) {
      // Rejected, not resolved: what resolves is committed.
      if (batch.stale()) throw new LongwireError('unavailable', 'the partition is handed over');
      const { view, duplicate } = await logs.appendBroadcasts({ partition, records: part });
      if (replay.mustRestart(partition, view)) {
        consumer.restart(partition);
        return;
      }
      for (const [index, { app }] of part.entries()) {
        metrics.broadcasts.inc({ outcome: duplicate[index] ? 'duplicate' : 'stored' });
        apps.add(app);
      }
    }
    const whole = await replay.handled(partition, batch.records.at(-1)!.offset + 1);
    if (!whole) {
      consumer.restart(partition);
      return;
    }
    await this.#hint([...apps]);
    for (const { task } of records) traces?.record('log', task, begunMs, { 'longwire.partition': partition });
  }

  async #hint(apps: string[]): Promise<void> {
    if (apps.length === 0) return;
    const { nodes, log } = this.#deps;
    await Promise.all(
      nodes.all().map(({ lease, calls }) =>
        calls.tail({ boot: lease.boot, apps }, { deadlineMs: hintMs }).catch((error: unknown) => {
          log.debug({ node: lease.node, err: error }, 'node did not take a hint of broadcasts');
        }),
      ),
    );
  }

  /** Reads a record; one that has expired or that nobody can read is passed over. */
  #locate({ offset, value }: BusRecord) {
    const { generation, metrics, now, log } = this.#deps;
    const record = readRecord(value);
    if (!record) {
      metrics.broadcasts.inc({ outcome: 'unreadable' });
      log.error({ offset }, 'a broadcast cannot be read');
      return [];
    }
    if (record.exp <= now()) {
      metrics.broadcasts.inc({ outcome: 'expired' });
      return [];
    }
    const { id, app, task, exp, stored, body } = record;
    return [{ id, app, task, exp, stored, body, bseq: seqOf(generation, offset) }];
  }
}
