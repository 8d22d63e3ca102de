import { randomBytes } from 'node:crypto';
import type { Bus } from '../../common/bus/bus.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { taskPartitions } from '../../common/protocol/topics.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { ScheduleMetrics } from '../metrics.ts';
import { onTaskTopic } from './task-topic.ts';

export interface ScheduleRunnerDeps {
  schedules: Pick<Client<UserMysqlCalls>, 'claimSchedules' | 'finishSchedules'>;
  publish: Bus['publish'];
  taskTopic: string;
  /** Name of this instance. */
  instance: string;
  metrics: ScheduleMetrics;
  now: () => number;
}

/** Schedules taken at once. */
const maxClaim = 100;
/** After this long without a word whoever took a schedule is taken for dead. Far less than a message lives that isn't stored. */
export const scheduleLeaseMs = 5_000;

/**
 * Gives scheduled tasks to the planner when they are due.
 *
 * - SC1 A schedule is taken under a lease, published, and only then noted as sent. Who dies in between is followed by another,
 *   whose record is the same one: what it makes is recognised further down.
 * - SC2 What fails is left to the lease: it is taken again until the message expires. A partition of the bus that is away fails alone.
 */
export class ScheduleRunner {
  #deps: ScheduleRunnerDeps;
  #running: Promise<number | undefined> | undefined;
  #stopping = false;

  constructor(deps: ScheduleRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Sends all that is due. While it is at it, a second call waits for the same. Answers in how many ms the next one is due, where that is
   * known. Rejects if a store or the bus fails.
   */
  run(): Promise<number | undefined> {
    this.#running ??= this.#runDue().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Lets what was taken be sent. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.catch(() => {});
  }

  async #runDue(): Promise<number | undefined> {
    while (!this.#stopping) {
      const { taken, nextMs } = await this.#sendSome();
      if (taken < maxClaim) return nextMs;
    }
    return undefined;
  }

  async #sendSome(): Promise<{ taken: number; nextMs: number | undefined }> {
    const { schedules, publish, taskTopic, instance, metrics, now } = this.#deps;
    // Another one each time: what a claim left behind is taken by the lease's end, by whomever.
    const owner = `${instance.replaceAll(/[^\w.-]/g, '').slice(0, 40)}:${randomBytes(8).toString('hex')}`;
    const { due, expired, stopped, nextMs } = await schedules.claimSchedules({
      ...{ owner, limit: maxClaim, leaseMs: scheduleLeaseMs },
    });
    metrics.ended('expired', expired);
    metrics.ended('stopped', stopped);
    // Each partition by itself, noted at once: one that is away has no other's records written again at every end of the lease.
    const perPartition = Map.groupBy(due, ({ task }) => partitionOf(task, taskPartitions));
    const ends = await Promise.allSettled(
      [...perPartition.values()].map(async (own) => {
        await publish(
          taskTopic,
          own.map(({ task, record }) => onTaskTopic(task, record)),
        );
        for (const { dueAt } of own) metrics.sent(now() - dueAt);
        await schedules.finishSchedules({ owner, sent: own.map(({ app, task, part }) => ({ app, task, part })) });
      }),
    );
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return { taken: due.length + expired + stopped, nextMs };
  }
}
