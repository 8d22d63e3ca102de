import { expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import type { Stage } from './suite.ts';

/** The log itself: offsets, order, bounds, times. */
export function describeLog({ open, topic }: Stage): void {
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
