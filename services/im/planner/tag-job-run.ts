import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import type { TagJob } from '../../common/protocol/tag-job-calls.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { dueMs, largestPage, pageLimit } from './pace.ts';
import { partsOf } from './pages.ts';
import type { PartWriter } from './part-writer.ts';

export interface TagJobRunDeps {
  jobs: Pick<Client<UserMysqlCalls>, 'advanceTagJob' | 'holdTagJob' | 'finishTagJob' | 'tagPage'>;
  parts: Pick<PartWriter, 'write'>;
  routePartitions: number;
  owner: string;
  now: () => number;
  /** The instance stops: the job is to be given up. */
  stopping: () => boolean;
}

type Held = 'ok' | 'lost' | 'stopped';
type Message = Omit<TaskRecord, 'audience' | 'speed'>;

export const tagLeaseMs = 10_000;
/** How often a job that waits renews its lease. */
const holdEveryMs = 2_000;
/** A part of a page has this many devices and those of the record that reaches it: what is written, routed and stored at once. */
const partDevices = 64;
const pauseMs = 5;

/** The work of one instance on one push to tags, from the page that was noted last to the end, or until it is somebody else's. */
export class TagJobRun {
  #deps: TagJobRunDeps;
  #job: TagJob;
  #largestPage: number;
  /** When the lease was last renewed, or the job taken. */
  #heldMs: number;

  constructor(job: TagJob, deps: TagJobRunDeps) {
    this.#deps = deps;
    this.#job = job;
    this.#largestPage = largestPage(deps.routePartitions, partDevices);
    this.#heldMs = deps.now();
  }

  /** Resolves when nothing is left to be done here; rejects at a fault, after which a new run goes on. */
  async run(): Promise<void> {
    const { app, task, record } = this.#job;
    const { audience, speed = 0, ...message } = JSON.parse(record) as TaskRecord;
    const held = 'where' in audience ? await this.#pages(audience.where, speed, message) : 'ok';
    if (held !== 'lost') await this.#deps.jobs.finishTagJob({ app, task, owner: this.#deps.owner });
  }

  async #pages(where: TagWhere, speed: number, message: Message): Promise<Held> {
    const { jobs, owner, now } = this.#deps;
    const { app, task } = this.#job;
    let { page, until } = this.#job;
    if (page > 0) {
      const held = await this.#write(message, page, await this.#cidsOfNoted(where));
      if (held !== 'ok' || until === null) return held;
    }
    const begunMs = now();
    for (let sent = 0; message.exp > now(); ) {
      const due = await this.#until(async () => now() >= dueMs(begunMs, sent, speed));
      if (due !== 'ok') return due;
      const limit = pageLimit(speed, this.#largestPage);
      const found = await jobs.tagPage({ app, where, after: until, limit });
      const { state } = await jobs.advanceTagJob({ app, task, owner, page, until: found.next, leaseMs: tagLeaseMs });
      if (state !== 'ok') return state;
      this.#heldMs = now();
      page++;
      const held = await this.#write(message, page, found.cids);
      if (held !== 'ok' || found.next === null) return held;
      sent += found.cids.length;
      until = found.next;
    }
    return 'ok';
  }

  /** The devices of the page whose bounds are noted, as they are now. */
  async #cidsOfNoted(where: TagWhere): Promise<string[]> {
    const { app, after, until } = this.#job;
    const cids: string[] = [];
    for (let from = after; ; ) {
      const found = await this.#deps.jobs.tagPage({ app, where, after: from, limit: this.#largestPage });
      cids.push(...found.cids.filter((cid) => until === null || cid <= until));
      if (found.next === null || (until !== null && found.next >= until)) return cids;
      from = found.next;
    }
  }

  /** A page, part by part. */
  async #write(message: Message, page: number, cids: string[]): Promise<Held> {
    const { parts, routePartitions } = this.#deps;
    for (const part of partsOf(message, page, cids, routePartitions, partDevices)) {
      const held = await this.#until(() => parts.write(part));
      if (held !== 'ok') return held;
    }
    return 'ok';
  }

  /** Asks until the answer is true; meanwhile the lease is renewed. */
  async #until(isDone: () => Promise<boolean>): Promise<Held> {
    const { stopping, now } = this.#deps;
    for (;;) {
      if (stopping()) {
        await this.#hold(0);
        return 'lost';
      }
      if (now() - this.#heldMs >= holdEveryMs) {
        const state = await this.#hold(tagLeaseMs);
        if (state !== 'ok') return state;
      }
      if (await isDone()) return 'ok';
      await sleep(pauseMs);
    }
  }

  async #hold(leaseMs: number): Promise<Held> {
    const { jobs, owner, now } = this.#deps;
    const { app, task } = this.#job;
    const { state } = await jobs.holdTagJob({ app, task, owner, leaseMs });
    this.#heldMs = now();
    return state;
  }
}
