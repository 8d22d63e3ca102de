import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { NewRecord } from '../../common/bus/bus.ts';
import { createScheduleMetrics } from '../metrics.ts';
import { ScheduleRunner, type ScheduleRunnerDeps, scheduleLeaseMs } from './schedule-runner.ts';

const now = 1_000_000;

/** Schedules as user-mysql keeps them, and a bus that can fail after it has taken some. */
class World {
  clock = now;
  rows: { task: string; state: string; owner: string; freeAt: number }[];
  published: string[] = [];
  publishes: number[] = [];
  /** What the next publish does instead of taking all. */
  fault: 'none' | 'nothing taken' | 'all taken' = 'none';
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
        const due = free.map(({ task }) => ({ app: 'app', task, part: '', dueAt: now, record: `{"task":"${task}"}` }));
        return { due, expired: 0, stopped: 0 };
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
      const { fault } = this;
      this.fault = 'none';
      this.publishes.push(records.length);
      if (fault !== 'nothing taken') this.published.push(...records.map(({ value }) => value));
      if (fault !== 'none') throw new Error('no answer');
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
  expect(world.publishes).toEqual([100, 100, 50]);
  expect(new Set(world.published).size).toBe(250);
  expect(world.states()).toEqual(['sent']);
});

test.each(['nothing taken', 'all taken'] as const)(
  'SC1 what was taken and then failed to be published (%s) is published by another once the lease is over, as the same records',
  async (fault) => {
    const world = new World(3);
    world.fault = fault;
    await expect(world.runner().run()).rejects.toThrow('no answer');
    await world.runner().run();
    expect(world.states()).toEqual(['waiting']);
    world.clock += scheduleLeaseMs;
    await world.runner().run();
    expect(world.states()).toEqual(['sent']);
    expect(new Set(world.published).size).toBe(3);
  },
);

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
  expect(world.publishes).toEqual([100]);
  expect(world.rows.filter(({ state }) => state === 'sent')).toHaveLength(100);
  await runner.run();
  expect(world.publishes).toEqual([100]);
});
