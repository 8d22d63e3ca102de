import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Bus } from '../../common/bus/bus.ts';
import { publishEach } from '../../common/bus/publish-each.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import { partsOf } from '../../common/parts.ts';
import { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import { type Client, maxBatchItems } from '../../common/rpc/contract.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import type { PlannerMetrics } from '../metrics.ts';
import { isForLog } from './broadcasts.ts';
import { listName, routeRecordsOf } from './pages.ts';

export interface PlannerDeps {
  bus: Pick<Bus, 'publish' | 'lag'>;
  directory: Pick<Client<UserMysqlCalls>, 'cidsOf' | 'openTagJob'>;
  /** Sends tasks to all devices of their apps. */
  broadcast: (tasks: TaskRecord[], stale: () => boolean) => Promise<void>;
  /** Told of new jobs. */
  onJob: () => void;
  routeTopic: string;
  routerGroup: string;
  routePartitions: number;
  /** Route records not yet routed above which no further ones are written; read each time, as it may change. */
  limits: { plannerMaxLag: number };
  metrics: PlannerMetrics;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  now: () => number;
  log: Logger;
}

const readRecord = recordReader(TaskRecord);
const lagPauseMs = 200;
/** Characters of records in one publish: far below what the bus takes in at once, or a batch could never be written. */
const maxPublishLength = 8 * 1024 * 1024;

/**
 * Turns tasks into route records, each page with an id that a repeat after a crash makes again. It writes only while
 * routers keep up, so that a single push never waits behind a large task.
 */
export class Planner {
  #deps: PlannerDeps;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  async handle(batch: Batch): Promise<void> {
    const begunMs = this.#deps.now();
    const all = batch.records.flatMap(({ offset, value }) => this.#read(offset, value) ?? []);
    const broadcasts = all.filter(isForLog);
    await this.#deps.broadcast(broadcasts, batch.stale);
    this.#deps.metrics.tasks.inc({ outcome: 'planned' }, broadcasts.length);
    await this.#openJobs(all);
    const tasks = all.filter(({ audience }) => !('where' in audience || 'all' in audience));
    if (tasks.length === 0) return;
    await this.#routersKeepUp(batch);
    const { bus, routeTopic, routePartitions, metrics, traces } = this.#deps;
    const targets = await this.#targets(tasks);
    const records = tasks.flatMap(({ audience: _, speed: _speed, ...message }, index) => {
      const cids = targets[index]!;
      return routeRecordsOf(message, message.once ? listName(cids) : 0, cids, routePartitions);
    });
    for (const part of partsOf(records, ({ value }) => value.length, maxPublishLength)) {
      await publishEach((topic, own) => bus.publish(topic, own), routeTopic, part, batch.stale);
    }
    for (const [index, cids] of targets.entries()) {
      metrics.tasks.inc({ outcome: cids.length > 0 ? 'planned' : 'no_target' });
      traces?.record('plan', tasks[index]!.task, begunMs, { 'longwire.targets': cids.length });
    }
  }

  /** A task to the devices of tags, or to all at a speed, is noted and worked on beside the topic: others don't wait for it. */
  async #openJobs(tasks: TaskRecord[]): Promise<void> {
    for (const task of tasks) {
      const where = whereOf(task);
      if (where === undefined) continue;
      const record = JSON.stringify({ ...task, audience: { where } });
      await this.#deps.directory.openTagJob({ app: task.app, task: task.task, record });
      this.#deps.metrics.tasks.inc({ outcome: 'planned' });
      this.#deps.onJob();
    }
  }

  /** The cids of each task, aliases looked up in one call. */
  async #targets(tasks: TaskRecord[]): Promise<string[][]> {
    const items = tasks.flatMap(({ app, audience }) => aliasesOf(audience).map((alias) => ({ app, alias })));
    const found: { cids: string[] }[] = [];
    for (let from = 0; from < items.length; from += maxBatchItems) {
      const { results } = await this.#deps.directory.cidsOf({ items: items.slice(from, from + maxBatchItems) });
      found.push(...results);
    }
    let next = 0;
    return tasks.map(({ audience }) => {
      if ('cids' in audience) return audience.cids;
      const count = aliasesOf(audience).length;
      next += count;
      return [...new Set(found.slice(next - count, next).flatMap(({ cids }) => cids))];
    });
  }

  /** Rejects if the partition is handed over in the meantime: what resolves is committed. */
  async #routersKeepUp(batch: Batch): Promise<void> {
    const { bus, routeTopic, routerGroup, limits, metrics } = this.#deps;
    for (;;) {
      const lag = await bus.lag(routeTopic, routerGroup);
      const waiting = [...lag.values()].reduce((sum, one) => sum + one, 0);
      if (waiting <= limits.plannerMaxLag) return;
      metrics.waits.inc();
      await sleep(lagPauseMs);
      if (batch.stale()) throw new LongwireError('unavailable', 'the partition is handed over');
    }
  }

  #read(offset: number, value: string): TaskRecord | undefined {
    const { metrics, now, log } = this.#deps;
    const task = readRecord(value);
    if (!task) {
      metrics.tasks.inc({ outcome: 'unreadable' });
      log.error({ offset }, 'a task record cannot be read');
      return undefined;
    }
    if (task.exp > now()) return task;
    metrics.tasks.inc({ outcome: 'expired' });
    return undefined;
  }
}

/** Whose devices are read page by page: those of an expression, or at a speed all. */
function whereOf({ audience, speed }: TaskRecord): TagWhere | undefined {
  if ('where' in audience) return audience.where;
  return 'all' in audience && speed !== undefined ? [] : undefined;
}

function aliasesOf(audience: TaskRecord['audience']): string[] {
  if ('aliases' in audience) return audience.aliases;
  return 'alias' in audience ? [audience.alias] : [];
}
