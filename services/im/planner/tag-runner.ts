import type { Logger } from '../../common/log.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { PushTraces } from '../../common/tracing/push-traces.ts';
import { TagJobRun, type TagJobRunDeps, tagLeaseMs } from './tag-job-run.ts';

export interface TagRunnerDeps extends Omit<TagJobRunDeps, 'jobs' | 'stopping'> {
  jobs: TagJobRunDeps['jobs'] & Pick<Client<UserMysqlCalls>, 'claimTagJobs'>;
  /** Undefined where tracing is off. */
  traces?: PushTraces | undefined;
  log: Logger;
}

/** Jobs of one instance at a time; the others wait, or go to other instances. */
const maxJobs = 16;

/**
 * Pushes to tags, page by page: one page in memory a job, whatever the tag's size.
 *
 * - PL1 A page's bounds are kept before it is written, so whoever takes the job over writes the same page with the same ids,
 *   and goes on after it: no device is missed, none is served by two pages.
 * - PL2 A page is written in parts of a few devices, each when routers have stored the one before, of whichever job it was.
 * - PL3 A job with a speed writes no page before its time.
 */
export class TagRunner {
  #deps: TagRunnerDeps;
  #running = new Map<string, Promise<void>>();
  #stopping = false;

  constructor(deps: TagRunnerDeps) {
    this.#deps = deps;
  }

  /** Jobs under way here. */
  get running(): number {
    return this.#running.size;
  }

  /** Takes jobs that nobody works on, and begins with them. */
  async claim(): Promise<void> {
    const limit = maxJobs - this.#running.size;
    if (limit <= 0 || this.#stopping) return;
    const { jobs, owner, log, traces, now } = this.#deps;
    const claimed = await jobs.claimTagJobs({ owner, limit, leaseMs: tagLeaseMs });
    for (const job of claimed.jobs) {
      const key = `${job.app}/${job.task}`;
      if (this.#running.has(key)) continue;
      const begunMs = now();
      const run = new TagJobRun(job, { ...this.#deps, stopping: () => this.#stopping });
      this.#running.set(
        key,
        run
          .run()
          .then(() => traces?.record('plan', job.task, begunMs))
          .catch((error: unknown) => log.warn({ task: job.task, err: error }, 'a push to a tag pauses'))
          .finally(() => this.#running.delete(key)),
      );
    }
  }

  /** Gives the jobs to others after the parts under way. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.idle();
  }

  /** Resolves when no job is under way here. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }
}
