import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../../common/bus/bus.ts';
import type { Logger } from '../../common/log.ts';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import type { TagJob } from '../../common/protocol/tag-job-calls.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { dueMs, pageLimit } from './pace.ts';
import { routeRecordsOf } from './pages.ts';

export interface TagRunnerDeps {
  jobs: Pick<Client<UserMysqlCalls>, 'claimTagJobs' | 'advanceTagJob' | 'holdTagJob' | 'finishTagJob' | 'tagPage'>;
  publish: Bus['publish'];
  /** Route records not yet routed. */
  waiting: () => Promise<number>;
  routeTopic: string;
  routePartitions: number;
  owner: string;
  now: () => number;
  log: Logger;
}

/** Jobs of one instance at a time; the others wait, or go to other instances. */
const maxJobs = 16;
export const tagLeaseMs = 10_000;
/** How often a job that waits renews its lease. */
const holdEveryMs = 2_000;
/** Route records not yet routed above which no page is written: a page's records name many devices each. */
const maxTagLag = 64;
const pauseMs = 50;

/**
 * Pushes to tags, page by page: one page in memory a job, whatever the tag's size.
 *
 * - PL1 A page's bounds are kept before it is written, so whoever takes the job over writes the same page with the same ids,
 *   and goes on after it: no device is missed, none is served by two pages.
 * - PL2 Pages are written only while routers are at most a few records behind, one job after another.
 * - PL3 A job with a speed writes no page before its time.
 */
export class TagRunner {
  #deps: TagRunnerDeps;
  #running = new Map<string, Promise<void>>();
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(deps: TagRunnerDeps) {
    this.#deps = deps;
  }

  /** Takes jobs that nobody works on, and begins with them. */
  async claim(): Promise<void> {
    const limit = maxJobs - this.#running.size;
    if (limit <= 0 || this.#stopping) return;
    const { jobs, owner } = this.#deps;
    const claimed = await jobs.claimTagJobs({ owner, limit, leaseMs: tagLeaseMs });
    for (const job of claimed.jobs) {
      const key = `${job.app}/${job.task}`;
      if (this.#running.has(key)) continue;
      this.#running.set(
        key,
        this.#run(job)
          .catch((error: unknown) => this.#deps.log.warn({ task: job.task, err: error }, 'a push to a tag pauses'))
          .finally(() => this.#running.delete(key)),
      );
    }
  }

  /** Gives the jobs to others after the pages under way. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.idle();
  }

  /** Resolves when no job is under way here. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #run(job: TagJob): Promise<void> {
    const { jobs, owner, now } = this.#deps;
    const { app, task } = job;
    const { audience, speed = 0, ...message } = JSON.parse(job.record) as TaskRecord;
    const end = () => jobs.finishTagJob({ app, task, owner });
    if (!('where' in audience)) return void (await end());
    let { page, until } = job;
    if (page > 0) {
      await this.#write(message, page, await this.#cidsOf(app, audience.where, job));
      if (until === null) return void (await end());
    }
    const begunMs = now();
    for (let sent = 0; ; ) {
      if (message.exp <= now()) return void (await end());
      const held = await this.#wait(job, () => now() >= dueMs(begunMs, sent, speed));
      if (held === 'stopped') return void (await end());
      if (held === 'lost') return;
      const found = await jobs.tagPage({ app, where: audience.where, after: until, limit: pageLimit(speed) });
      const { state } = await jobs.advanceTagJob({ app, task, owner, page, until: found.next, leaseMs: tagLeaseMs });
      if (state === 'stopped') return void (await end());
      if (state === 'lost') return;
      page++;
      await this.#write(message, page, found.cids);
      sent += found.cids.length;
      until = found.next;
      if (until === null) return void (await end());
    }
  }

  /** The devices of a page whose bounds are kept, as they are now. */
  async #cidsOf(app: string, where: TagWhere, { after, until }: TagJob): Promise<string[]> {
    const cids: string[] = [];
    for (let from = after; ; ) {
      const found = await this.#deps.jobs.tagPage({ app, where, after: from, limit: pageLimit(0) });
      cids.push(...found.cids.filter((cid) => until === null || cid <= until));
      if (found.next === null || (until !== null && found.next >= until)) return cids;
      from = found.next;
    }
  }

  /** One page at a time of all jobs, and only once routers have caught up. */
  async #write(message: Omit<TaskRecord, 'audience' | 'speed'>, page: number, cids: string[]): Promise<void> {
    const { publish, routeTopic, routePartitions } = this.#deps;
    if (cids.length === 0) return;
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    try {
      await before;
      await publish(routeTopic, routeRecordsOf(message, page, cids, routePartitions));
    } finally {
      mine.resolve();
    }
  }

  /** Until it is time and routers keep up; meanwhile the lease is renewed. */
  async #wait({ app, task }: TagJob, isTime: () => boolean): Promise<'ok' | 'lost' | 'stopped'> {
    const { jobs, owner, now, waiting } = this.#deps;
    for (let heldMs = now(); ; ) {
      if (this.#stopping) {
        await jobs.holdTagJob({ app, task, owner, leaseMs: 0 });
        return 'lost';
      }
      if (isTime() && (await waiting()) <= maxTagLag) return 'ok';
      await sleep(pauseMs);
      if (now() - heldMs < holdEveryMs) continue;
      const { state } = await jobs.holdTagJob({ app, task, owner, leaseMs: tagLeaseMs });
      if (state !== 'ok') return state;
      heldMs = now();
    }
  }
}
