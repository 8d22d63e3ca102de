import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import { describeGroups } from './groups.ts';
import { describeOutages } from './outages.ts';
import { type BusRig, openSpec } from './rig.ts';

/** What the rules of a suite share: one server, and a bus of each test's own. */
export interface Stage {
  rig: () => BusRig;
  /** Opens a bus that is closed after the test. */
  open: () => Promise<Bus>;
  /** A topic nobody else uses. */
  topic: (bus: Bus, partitions: number) => Promise<string>;
}

/** The contract that every bus adapter keeps, run against a real server. */
export function describeBus(name: string, start: () => Promise<BusRig>): void {
  describe(`bus contract: ${name}`, () => {
    let rig: BusRig | undefined;
    const opened: Bus[] = [];
    beforeAll(async () => {
      rig = await start();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });
    afterAll(async () => {
      await rig?.close();
    });
    const stage: Stage = {
      rig: () => rig!,
      async open() {
        const bus = await openSpec(rig!.spec);
        opened.push(bus);
        return bus;
      },
      async topic(bus, partitions) {
        const topic = `t-${randomBytes(6).toString('hex')}`;
        await bus.ensureTopic(topic, partitions);
        return topic;
      },
    };
    describeLog(stage);
    describeBatches(stage);
    describeGroups(stage);
    describeOutages(stage);
  });
}

function describeLog({ open, topic }: Stage): void {
  test('BUS1 publish answers dense offsets from 0 on each partition, in the order of the records', async () => {
    const bus = await open();
    const name = await topic(bus, 3);
    const mixed = [...numbered(2, 0, 2), ...numbered(0, 0, 1), ...numbered(2, 2, 3)];
    expect(await bus.publish(name, mixed)).toEqual([0, 1, 0, 2]);
    expect(await bus.publish(name, numbered(2, 3, 5))).toEqual([3, 4]);
    const ends = (await bus.ranges(name)).map(({ begin, end }) => [begin, end]);
    expect(ends).toEqual([
      [0, 1],
      [0, 0],
      [0, 5],
    ]);
  });

  test('BUS2 publishes made one after another without waiting keep their order', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    const publishes = Array.from({ length: 400 }, (_none, index) =>
      bus.publish(name, numbered(index % 2, index, index + 1)),
    );
    const offsets = (await Promise.all(publishes)).flat();
    for (const partition of [0, 1]) {
      const mine = offsets.filter((_offset, index) => index % 2 === partition);
      expect(mine).toEqual(Array.from({ length: 200 }, (_none, index) => index));
    }
    const seen = await collect(bus, { topic: name, group: 'order' });
    await waitFor('all records', () => seen.all().length === 400);
    for (const partition of [0, 1]) {
      const wanted = Array.from({ length: 200 }, (_none, index) => String(index * 2 + partition));
      expect(seen.values.get(partition)).toEqual(wanted);
    }
  });

  test('BUS3 one publish of many records on many partitions answers each with the offset it has', async () => {
    const bus = await open();
    const name = await topic(bus, 4);
    const records = Array.from({ length: 5_000 }, (_none, index) => ({
      partition: index % 4,
      key: 'k',
      value: `${index}:${'x'.repeat(400)}`,
    }));
    const offsets = await bus.publish(name, records);
    expect(offsets).toEqual(records.map((_record, index) => Math.floor(index / 4)));
    const seen = await collect(bus, { topic: name, group: 'many', maxBatch: 500 });
    await waitFor('all records', () => seen.all().length === 5_000);
    for (const { partition, value } of records.slice(0, 4)) expect(seen.values.get(partition)?.[0]).toBe(value);
  });

  test('BUS4 a record too large for one append is refused as too_large, and nothing of that publish is kept', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    const records = [...numbered(0, 0, 1), { partition: 0, key: 'k', value: 'x'.repeat(1_000_000) }];
    await expect(bus.publish(name, records)).rejects.toMatchObject({ code: 'too_large' });
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: 0, end: 0 }]);
  });

  test('BUS5 ensureTopic may be called again, and conflicts on another number of partitions', async () => {
    const bus = await open();
    const name = await topic(bus, 3);
    await bus.ensureTopic(name, 3);
    await expect(bus.ensureTopic(name, 4)).rejects.toMatchObject({ code: 'conflict' });
    expect(await bus.ranges(name)).toHaveLength(3);
  });

  test('BUS6 publishing to a topic or partition that does not exist is refused as unavailable', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await expect(bus.publish('t-never-made', numbered(0, 0, 1))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(bus.publish(name, numbered(1, 0, 1))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('BUS7 offsetAt answers the first record taken at a time or later, and the end after all of them', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, numbered(0, 0, 3));
    const seen = await collect(bus, {
      topic: name,
      group: 'times',
      onBatch: async ({ records }) => void times.push(...records.map(({ timeMs }) => timeMs)),
    });
    const times: number[] = [];
    await waitFor('the first three', () => times.length === 3);
    await waitFor('the clock moves on', () => Date.now() > times[2]! + 20);
    await bus.publish(name, numbered(0, 3, 6));
    await waitFor('the last three', () => times.length === 6);
    await seen.consumer.stop();
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(await bus.offsetAt(name, 0, times[0]! - 1_000)).toBe(0);
    expect(await bus.offsetAt(name, 0, times[2]! + 1)).toBe(3);
    expect(await bus.offsetAt(name, 0, times[3]!)).toBe(3);
    expect(await bus.offsetAt(name, 0, times[5]! + 1)).toBe(6);
    expect(await bus.offsetAt(name, 1, times[0]!)).toBe(0);
  });
}

function describeBatches({ open, topic }: Stage): void {
  test('BUS8 batches of a partition come in order, one at a time, and no larger than asked for', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    for (const partition of [0, 1]) await bus.publish(name, numbered(partition, 0, 100));
    const sizes: number[] = [];
    const running = new Map<number, number>();
    let most = 0;
    const seen = await collect(bus, {
      topic: name,
      group: 'batches',
      maxBatch: 7,
      onBatch: async ({ partition, records }) => {
        running.set(partition, (running.get(partition) ?? 0) + 1);
        most = Math.max(most, running.get(partition)!);
        sizes.push(records.length);
        await new Promise((resolve) => setImmediate(resolve));
        running.set(partition, running.get(partition)! - 1);
      },
    });
    await waitFor('all records', () => seen.all().length === 200);
    expect(Math.max(...sizes)).toBe(7);
    expect(most).toBe(1);
    const wanted = Array.from({ length: 100 }, (_none, index) => index);
    expect(seen.offsets.get(0)).toEqual(wanted);
    expect(seen.offsets.get(1)).toEqual(wanted);
  });

  test('BUS9 a batch is committed after its effect: not while the handler runs, and then all of it', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await bus.publish(name, numbered(0, 0, 5));
    const gate = Promise.withResolvers<void>();
    let entered = false;
    await collect(bus, {
      topic: name,
      group: 'effect',
      onBatch: () => {
        entered = true;
        return gate.promise;
      },
    });
    await waitFor('the handler runs', () => entered);
    expect(await bus.lag(name, 'effect')).toEqual(new Map([[0, 5]]));
    gate.resolve();
    await waitFor('the commit', async () => (await bus.lag(name, 'effect')).get(0) === 0);
  });

  test('BUS10 a batch that fails comes again as it was until it succeeds, and other partitions go on meanwhile', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, [...numbered(0, 0, 5), ...numbered(1, 0, 5)]);
    const tries: string[] = [];
    let broken = true;
    const seen = await collect(bus, {
      topic: name,
      group: 'failing',
      onBatch: async ({ partition, records }) => {
        if (partition !== 0 || !broken) return;
        tries.push(records.map(({ value }) => value).join());
        throw new Error('not now');
      },
    });
    await waitFor('several tries', () => tries.length >= 3);
    await bus.publish(name, numbered(1, 5, 10));
    await waitFor('the other partition', () => seen.values.get(1)?.length === 10);
    expect(new Set(tries)).toEqual(new Set(['0,1,2,3,4']));
    expect((await bus.lag(name, 'failing')).get(0)).toBe(5);
    broken = false;
    await waitFor('the failed batch', () => seen.values.get(0)?.length === 5);
    expect(seen.offsets.get(0)).toEqual([0, 1, 2, 3, 4]);
  });

  test('BUS11 a record published to an idle partition is handed over at once', async () => {
    const bus = await open();
    const name = await topic(bus, 4);
    const seen = await collect(bus, { topic: name, group: 'idle' });
    const waits: number[] = [];
    for (let round = 0; round < 20; round++) {
      const startMs = performance.now();
      await bus.publish(name, numbered(round % 4, round, round + 1));
      await waitFor('the record', () => seen.all().length === round + 1, 5_000, 1);
      waits.push(performance.now() - startMs);
    }
    waits.sort((a, b) => a - b);
    expect(waits[10]).toBeLessThan(50);
  });

  test('BUS12 onStart is asked for every partition, also an empty one, and decides where it starts', async () => {
    const bus = await open();
    const name = await topic(bus, 3);
    await bus.publish(name, [...numbered(0, 0, 10), ...numbered(1, 0, 10)]);
    const asked = new Map<number, number>();
    const seen = await collect(bus, {
      topic: name,
      group: 'start',
      onStart: async (partition, committed) => {
        asked.set(partition, committed);
        return partition === 0 ? 6 : committed;
      },
    });
    await waitFor('all partitions', () => asked.size === 3 && seen.all().length === 14);
    expect(asked).toEqual(new Map([0, 1, 2].map((partition) => [partition, 0])));
    expect(seen.offsets.get(0)).toEqual([6, 7, 8, 9]);
    await waitFor('the commits', async () => [...(await bus.lag(name, 'start')).values()].every((lag) => lag === 0));
    await seen.consumer.stop();
    const later = new Map<number, number>();
    await collect(bus, {
      topic: name,
      group: 'start',
      onStart: async (partition, committed) => {
        later.set(partition, committed);
        return committed;
      },
    });
    await waitFor('all partitions again', () => later.size === 3);
    expect([later.get(0), later.get(1), later.get(2)]).toEqual([10, 10, 0]);
  });

  test('BUS13 restart drops the commit of the batch in hand and asks onStart anew, within a batch and while idle', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await bus.publish(name, numbered(0, 0, 6));
    const asked: number[] = [];
    let within = true;
    const seen = await collect(bus, {
      topic: name,
      group: 'seek',
      maxBatch: 3,
      onStart: async (_partition, committed) => {
        asked.push(committed);
        return asked.length === 3 ? 2 : committed;
      },
      onBatch: async ({ partition, records }) => {
        if (records[0]?.offset !== 3 || !within) return;
        within = false;
        seen.consumer.restart(partition);
      },
    });
    await waitFor('all and three again', () => seen.all().length === 9);
    expect(asked).toEqual([0, 3]);
    expect(seen.offsets.get(0)).toEqual([0, 1, 2, 3, 4, 5, 3, 4, 5]);
    await waitFor('the commit', async () => (await bus.lag(name, 'seek')).get(0) === 0);
    seen.consumer.restart(0);
    await waitFor('from 2 again', () => seen.all().length === 13);
    expect(asked).toEqual([0, 3, 6]);
    expect(seen.offsets.get(0)?.slice(9)).toEqual([2, 3, 4, 5]);
  });

  test('BUS14 lag counts what the group has not committed, also before it ever ran', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, numbered(1, 0, 4));
    expect(await bus.lag(name, 'counted')).toEqual(
      new Map([
        [0, 0],
        [1, 4],
      ]),
    );
    const seen = await collect(bus, { topic: name, group: 'counted' });
    await waitFor('no lag', async () => (await bus.lag(name, 'counted')).get(1) === 0);
    await seen.consumer.stop();
    await bus.publish(name, numbered(1, 4, 6));
    expect((await bus.lag(name, 'counted')).get(1)).toBe(2);
  });
}
