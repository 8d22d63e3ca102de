import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import type { TagJob } from '../../common/protocol/tag-job-calls.ts';
import { PartWriter } from './part-writer.ts';
import { TagRunner, type TagRunnerDeps } from './tag-runner.ts';

const cid = (index: number): string => index.toString(16).padStart(32, '0');
const app = 'app';
const partitions = 8;

/** One job, the devices of its tag in order, and a bus of which readers take each record id once. */
class World {
  members = Array.from({ length: 4_500 }, (_, index) => cid(2 * index));
  job: TagJob & { owner: string; done: boolean };
  stopped = false;
  published: RouteRecord[] = [];
  publishes = 0;
  looks = 0;
  leaseMs: number | undefined;
  /** Publishing fails from this call on, having written none of its records. */
  failAt = Number.POSITIVE_INFINITY;
  /** Records below this are routed. */
  routed = Number.POSITIVE_INFINITY;

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

  /** What devices got: of each record the copy that was written first. */
  served(): string[] {
    return [...new Map(this.published.toReversed().map((record) => [record.id, record])).values()]
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
      holdTagJob: async ({ owner: by, leaseMs }) => {
        this.leaseMs = leaseMs;
        return { state: hold(by) };
      },
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
      if (++this.publishes >= this.failAt) throw new Error('killed');
      return records.map(({ value }) => this.published.push(JSON.parse(value) as RouteRecord) - 1);
    };
    // Of one partition all offsets are taken for, whatever partition the records name.
    const standing = async () => {
      this.looks++;
      const end = this.published.length;
      const stand = { committed: Math.min(this.routed, end), end };
      return new Map(Array.from({ length: partitions }, (_, partition) => [partition, stand] as const));
    };
    let nowMs = 0;
    return new TagRunner({
      // As if time passed from one look to the next.
      parts: new PartWriter({ publish, standing, routeTopic: 'route', now: () => (nowMs += 10) }),
      ...{ jobs, routePartitions: partitions, owner, now: Date.now, log: pino({ level: 'silent' }) },
    });
  }

  /** One instance works until it has nothing under way. */
  async work(owner: string): Promise<void> {
    const runner = this.runner(owner);
    await runner.claim();
    await runner.idle();
  }
}

test('PL1 a job is written in pages of a record a partition, each device in one of them', async () => {
  const world = new World();
  await world.work('a');
  expect(world.served()).toEqual(world.members);
  expect(world.job.page).toBe(9);
  expect(Math.max(...world.published.map(({ cids }) => cids.length))).toBeLessThan(128);
  expect(world.job.done).toBe(true);
  expect(world.published[0]).not.toHaveProperty('audience');
});

test.each([1, 4, 12, 20, 36])(
  'PL1 killed at part %i, within a page or at its beginning, another instance misses nobody and serves nobody twice',
  async (part) => {
    const world = new World();
    world.failAt = part;
    await world.work('a');
    expect(world.job.done).toBe(false);
    world.failAt = Number.POSITIVE_INFINITY;
    const were = [...world.members];
    // Meanwhile devices come to the tag and leave it, on both sides of the bound.
    world.members = world.members.filter((_, index) => index % 50 !== 7);
    world.members = [...world.members, ...Array.from({ length: 200 }, (_, index) => cid(10 * index + 1))].sort();
    const members = new Set(world.members);
    const stayed = were.filter((one) => members.has(one));
    await world.work('b');
    const served = world.served();
    const distinct = new Set(served);
    expect(distinct.size).toBe(served.length);
    expect(stayed.filter((one) => !distinct.has(one))).toEqual([]);
    expect(world.job.done).toBe(true);
  },
);

test('who lost the job writes no further page', async () => {
  const world = new World();
  const first = world.runner('a');
  world.routed = 0;
  await first.claim();
  await expect.poll(() => world.publishes).toBeGreaterThan(0);
  const second = world.runner('b');
  await second.claim();
  world.routed = Number.POSITIVE_INFINITY;
  await Promise.all([first.idle(), second.idle()]);
  expect(world.job.done).toBe(true);
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

test('PL2 while routers have not stored what was written, nothing is written beyond a few devices; a stop gives the job up', async () => {
  const world = new World();
  world.routed = 0;
  const runner = world.runner('a');
  await runner.claim();
  await expect.poll(() => world.looks).toBeGreaterThan(3);
  expect(world.served().length).toBeLessThan(2 * 64 + 64);
  expect(runner.running).toBe(1);
  await runner.stop();
  expect(world.leaseMs).toBe(0);
  expect(world.job.done).toBe(false);
  world.routed = Number.POSITIVE_INFINITY;
  await world.work('b');
  expect(world.served()).toEqual(world.members);
});
