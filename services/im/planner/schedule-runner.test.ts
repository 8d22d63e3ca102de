import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import { createScheduleMetrics } from '../metrics.ts';
import { ScheduleRunner, type ScheduleRunnerDeps, scheduleLeaseMs } from './schedule-runner.ts';
import { onTaskTopic } from './task-topic.ts';

const now = 1_000_000;

/** Schedules as user-mysql keeps them, and a bus that can fail after it has taken some. */
class World {
  clock = now;
  rows: { task: string; state: string; owner: string; freeAt: number }[];
  published: string[] = [];
  claims: number[] = [];
  /** What publishes do instead of taking all. */
  fault: 'none' | 'nothing taken' | 'all taken' = 'none';
  /** A partition that takes nothing, and how long a publish that has records for it waits before it fails. */
  away: number | undefined;
  hang: Promise<void> = Promise.resolve();
  finishFails = false;
  gate: Promise<void> = Promise.resolve();

  constructor(count: number) {
    this.rows = Array.from({ length: count }, (_, index) => ({
      ...{ task: `t${index}`, state: 'waiting', owner: '', freeAt: now },
    }));
  }

  runner(): ScheduleRunner {
    const schedules: ScheduleRunnerDeps['schedules'] = {
      claimSchedules: async ({ owner, limit, leaseMs }) => {
        const free = this.rows.filter((row) => row.state === 'waiting' && row.freeAt <= this.clock).slice(0, limit);
        for (const row of free) Object.assign(row, { owner, freeAt: this.clock + leaseMs });
        if (free.length > 0) this.claims.push(free.length);
        const due = free.map(({ task }) => ({ app: 'app', task, part: '', dueAt: now, record: `{"task":"${task}"}` }));
        if (due.length > 0) return { due, expired: 0, stopped: 0 };
        const waiting = this.rows.filter((row) => row.state === 'waiting').map((row) => row.freeAt - this.clock);
        return { due, expired: 0, stopped: 0, ...(waiting.length > 0 ? { nextMs: Math.min(...waiting) } : {}) };
      },
      finishSchedules: async ({ owner, sent }) => {
        if (this.finishFails) throw new Error('MySQL is away');
        for (const { task } of sent) {
          const row = this.rows.find((one) => one.task === task && one.owner === owner);
          if (row) row.state = 'sent';
        }
        return {};
      },
    };
    const publish = async (_topic: string, records: NewRecord[]): Promise<number[]> => {
      await this.gate;
      const { fault, away } = this;
      const taken = fault === 'nothing taken' ? [] : records.filter(({ partition }) => partition !== away);
      this.published.push(...taken.map(({ value }) => value));
      if (records.some(({ partition }) => partition === away)) await this.hang;
      if (fault !== 'none' || records.some(({ partition }) => partition === away)) throw new Error('no answer');
      return records.map((_, index) => index);
    };
    const metrics = createScheduleMetrics(new Registry());
    return new ScheduleRunner({
      schedules,
      publish,
      taskTopic: 'task',
      instance: 'im-1',
      metrics,
      now: () => this.clock,
    });
  }

  states(): string[] {
    return [...new Set(this.rows.map(({ state }) => state))];
  }
}

test('SC1 all that is due is published and noted as sent, 100 at a time, and nothing a second time', async () => {
  const world = new World(250);
  await world.runner().run();
  await world.runner().run();
  expect(world.claims).toEqual([100, 100, 50]);
  expect(new Set(world.published).size).toBe(250);
  expect(world.states()).toEqual(['sent']);
});

test.each(['nothing taken', 'all taken'] as const)(
  'SC1 what was taken and then failed to be published (%s) is published by another once the lease is over, as the same records',
  async (fault) => {
    const world = new World(3);
    world.fault = fault;
    await expect(world.runner().run()).rejects.toThrow('no answer');
    world.fault = 'none';
    await world.runner().run();
    expect(world.states()).toEqual(['waiting']);
    world.clock += scheduleLeaseMs;
    await world.runner().run();
    expect(world.states()).toEqual(['sent']);
    expect(new Set(world.published).size).toBe(3);
  },
);

test('SC2 a partition that is away holds up its own schedules alone: the others are published once and noted as sent', async () => {
  const world = new World(40);
  const partition = ({ task }: { task: string }): number => onTaskTopic(task, '').partition;
  world.away = partition(world.rows[0]!);
  const others = world.rows.filter((row) => partition(row) !== world.away);
  for (let round = 0; round < 3; round++) {
    await expect(world.runner().run()).rejects.toThrow('no answer');
    world.clock += scheduleLeaseMs;
  }
  expect(others.map(({ state }) => state)).toEqual(others.map(() => 'sent'));
  expect(world.published.toSorted()).toEqual(others.map(({ task }) => `{"task":"${task}"}`).toSorted());
  world.away = undefined;
  await world.runner().run();
  expect(world.states()).toEqual(['sent']);
  expect(world.published).toHaveLength(40);
});

test('SC2 what a partition has taken is noted as sent while another one does not answer, so before the lease is over', async () => {
  const world = new World(40);
  const partition = ({ task }: { task: string }): number => onTaskTopic(task, '').partition;
  world.away = partition(world.rows[0]!);
  const hang = Promise.withResolvers<void>();
  world.hang = hang.promise;
  const others = world.rows.filter((row) => partition(row) !== world.away);
  const run = world.runner().run();
  await vi.waitFor(() => expect(others.map(({ state }) => state)).toEqual(others.map(() => 'sent')));
  hang.resolve();
  await expect(run).rejects.toThrow('no answer');
});

test('SC2 what could not be noted is published again as the same record, until it can', async () => {
  const world = new World(1);
  world.finishFails = true;
  await expect(world.runner().run()).rejects.toThrow('MySQL is away');
  world.finishFails = false;
  world.clock += scheduleLeaseMs;
  await world.runner().run();
  expect(world.published).toEqual(['{"task":"t0"}', '{"task":"t0"}']);
  expect(world.states()).toEqual(['sent']);
});

test('it answers in how many ms the next one is due, and nothing where there is none or that is not known', async () => {
  const world = new World(2);
  world.rows[1]!.freeAt = now + 300;
  const runner = world.runner();
  expect(await runner.run()).toBeUndefined();
  expect(await runner.run()).toBe(300);
  world.clock += 300;
  await runner.run();
  expect(await runner.run()).toBeUndefined();
  expect(world.states()).toEqual(['sent']);
});

test('a second call waits for the one under way; a stop lets what was taken be sent, and takes no more', async () => {
  const world = new World(150);
  const gate = Promise.withResolvers<void>();
  world.gate = gate.promise;
  const runner = world.runner();
  const [first, second] = [runner.run(), runner.run()];
  expect(second).toBe(first);
  const stopped = runner.stop();
  gate.resolve();
  await stopped;
  expect(world.claims).toEqual([100]);
  expect(world.rows.filter(({ state }) => state === 'sent')).toHaveLength(100);
  await runner.run();
  expect(world.claims).toEqual([100]);
});
