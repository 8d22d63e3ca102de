import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import type { TagJob } from '../../common/protocol/tag-job-calls.ts';
import { TagRunner, type TagRunnerDeps } from './tag-runner.ts';

const cid = (index: number): string => index.toString(16).padStart(32, '0');
const app = 'app';

/** One job, the devices of its tag in order, and a bus of which readers take each record id once. */
class World {
  members = Array.from({ length: 4_500 }, (_, index) => cid(2 * index));
  job: TagJob & { owner: string; done: boolean };
  stopped = false;
  waiting = 0;
  published: RouteRecord[] = [];
  publishes = 0;
  /** Publishing fails from this call on, having written as many of its records as this. */
  failAt = Number.POSITIVE_INFINITY;
  written = 3;

  constructor(more: Partial<TaskRecord> = {}) {
    const where: TaskRecord['audience'] = { where: [{ key: 'custom_tag', values: ['t'], opt: 'or' }] };
    const record: TaskRecord = { app, task: 'T', at: 1, exp: 1e15, stored: true, body: '{}', audience: where, ...more };
    this.job = {
      app,
      task: 'T',
      record: JSON.stringify(record),
      page: 0,
      after: null,
      until: null,
      owner: '',
      done: false,
    };
  }

  /** What devices got, each record once. */
  served(): string[] {
    return [...new Map(this.published.map((record) => [record.id, record])).values()]
      .flatMap(({ cids }) => cids)
      .sort();
  }

  runner(owner: string): TagRunner {
    const hold = (who: string) => (this.job.owner !== who || this.job.done ? 'lost' : this.stopped ? 'stopped' : 'ok');
    const jobs: TagRunnerDeps['jobs'] = {
      claimTagJobs: async ({ owner: by }) => {
        if (this.job.done) return { jobs: [] };
        this.job.owner = by;
        return { jobs: [{ ...this.job }] };
      },
      advanceTagJob: async ({ owner: by, page, until }) => {
        const state = hold(by);
        if (state !== 'ok' || page !== this.job.page) return { state: state === 'ok' ? 'lost' : state };
        Object.assign(this.job, { page: page + 1, after: this.job.until, until });
        return { state };
      },
      holdTagJob: async ({ owner: by }) => ({ state: hold(by) }),
      finishTagJob: async ({ owner: by }) => {
        if (this.job.owner === by) this.job.done = true;
        return {};
      },
      tagPage: async ({ after, limit }) => {
        const from = after === null ? this.members : this.members.filter((one) => one > after);
        const cids = from.slice(0, limit);
        return { cids, next: from.length > limit ? cids.at(-1)! : null };
      },
    };
    const publish = async (_topic: string, records: NewRecord[]): Promise<number[]> => {
      const fails = ++this.publishes >= this.failAt;
      const some = fails ? records.slice(0, this.written) : records;
      for (const { value } of some) this.published.push(JSON.parse(value) as RouteRecord);
      if (fails) throw new Error('killed');
      return some.map((_, index) => index);
    };
    return new TagRunner({
      ...{ jobs, publish, routeTopic: 'route', routePartitions: 8, owner, now: Date.now },
      ...{ waiting: async () => this.waiting, log: pino({ level: 'silent' }) },
    });
  }

  /** One instance works until it has nothing under way. */
  async work(owner: string): Promise<void> {
    const runner = this.runner(owner);
    await runner.claim();
    await runner.idle();
  }
}

test('PL1 a job is written in pages of a thousand at most, each device in one of them', async () => {
  const world = new World();
  await world.work('a');
  expect(world.served()).toEqual(world.members);
  expect(world.publishes).toBe(5);
  expect(world.job.done).toBe(true);
  expect(world.published[0]).not.toHaveProperty('audience');
});

test.each([1, 2, 3, 5])(
  'PL1 killed in page %i, with some of its records written, another instance misses nobody and serves nobody twice',
  async (page) => {
    const world = new World();
    world.failAt = page;
    await world.work('a');
    expect(world.job.done).toBe(false);
    world.failAt = Number.POSITIVE_INFINITY;
    const were = [...world.members];
    // Meanwhile devices come to the tag and leave it, on both sides of the bound.
    world.members = world.members.filter((_, index) => index % 50 !== 7);
    world.members = [...world.members, ...Array.from({ length: 200 }, (_, index) => cid(10 * index + 1))].sort();
    const stayed = were.filter((one) => world.members.includes(one));
    await world.work('b');
    const served = world.served();
    expect(new Set(served).size).toBe(served.length);
    expect(stayed.filter((one) => !served.includes(one))).toEqual([]);
    expect(world.job.done).toBe(true);
  },
);

test('who lost the job writes no further page', async () => {
  const world = new World();
  const first = world.runner('a');
  world.waiting = 65;
  await first.claim();
  await world.runner('b').claim();
  world.waiting = 0;
  await first.idle();
  expect(world.published.every(({ id }) => id.startsWith('T/'))).toBe(true);
  const served = world.served();
  expect(new Set(served).size).toBe(served.length);
});

test('a stopped task is planned no further, nor one that has expired', async () => {
  const world = new World();
  world.stopped = true;
  await world.work('a');
  expect(world.published).toEqual([]);
  expect(world.job.done).toBe(true);
  const old = new World({ exp: 5 });
  await old.work('a');
  expect(old.published).toEqual([]);
  expect(old.job.done).toBe(true);
});
