import { expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import type { Stage } from './suite.ts';

/** What one consumer is given, and when it counts as done. */
export function describeBatches({ open, topic }: Stage): void {
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

  test('BUS83 a group with a pace reads no more often, and gets all in order', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    const paceMs = 300;
    let batches = 0;
    const seen = await collect(bus, {
      ...{ topic: name, group: 'paced', paceMs, maxBatch: 10_000 },
      onBatch: async () => void batches++,
    });
    const begunMs = performance.now();
    let count = 0;
    // One publish after another, each of which would wake a read.
    for (; performance.now() - begunMs < 3 * paceMs; count++) await bus.publish(name, numbered(0, count, count + 1));
    await waitFor('all records', () => seen.all().length === count);
    expect(batches).toBeLessThanOrEqual(Math.ceil((performance.now() - begunMs) / paceMs) + 2);
    expect(seen.offsets.get(0)).toEqual(Array.from({ length: count }, (_none, index) => index));
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

  test('BUS43 a handler that neither settles nor asks whether its batch is stale stops the progress; one that asks does not', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await bus.publish(name, numbered(0, 0, 1));
    const gate = Promise.withResolvers<void>();
    let ask: (() => boolean) | undefined;
    const { consumer } = await collect(bus, {
      topic: name,
      group: 'hung',
      onBatch: ({ stale }) => {
        ask = stale;
        return gate.promise;
      },
    });
    await waitFor('the handler runs', () => ask);
    const begunMs = consumer.lastProgressMs();
    // Longer than a turn of the consumer's own loop.
    await waitFor('time goes by', () => Date.now() > begunMs + 3_000);
    expect(consumer.lastProgressMs()).toBeLessThan(Date.now() - 2_000);
    ask!();
    expect(consumer.lastProgressMs()).toBeGreaterThan(begunMs);
    gate.resolve();
    await waitFor('progress again', () => consumer.lastProgressMs() > Date.now() - 1_000);
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

  test('BUS84 with a pace too a restart within a batch reads on from where onStart says', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await bus.publish(name, numbered(0, 0, 3));
    let restarted = false;
    const seen = await collect(bus, {
      ...{ topic: name, group: 'paced-seek', paceMs: 300 },
      onStart: async () => 0,
      onBatch: async ({ partition }) => {
        if (restarted) return;
        restarted = true;
        seen.consumer.restart(partition);
      },
    });
    await waitFor('the three again', () => seen.all().length >= 6);
    expect(seen.offsets.get(0)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('BUS85 while nobody wants anything, what comes is skipped and committed; from then on that somebody does, all is handled', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    let wanted = false;
    let asked = 0;
    const isWanted = async (): Promise<boolean> => {
      asked++;
      return wanted;
    };
    const seen = await collect(bus, {
      ...{ topic: name, group: 'choosy', maxBatch: 10 },
      isWanted,
    });
    const committed = async (): Promise<boolean> =>
      [...(await bus.lag(name, 'choosy')).values()].every((lag) => lag === 0);
    let count = 0;
    const publish = async (): Promise<void> => {
      for (const partition of [0, 1]) await bus.publish(name, numbered(partition, count, count + 50));
      count += 50;
    };
    await publish();
    await waitFor('the first is committed', async () => asked > 0 && (await committed()));
    // What came before it had been asked may have been handled.
    const before = seen.all().length;
    for (let round = 0; round < 3; round++) {
      await publish();
      await waitFor('the next is committed', committed);
    }
    expect(seen.all()).toHaveLength(before);
    wanted = true;
    await publish();
    const last = Array.from({ length: 50 }, (_none, index) => count - 50 + index);
    await waitFor('what is wanted', () => seen.all().length >= before + 100);
    for (const partition of [0, 1]) expect(seen.offsets.get(partition)!.slice(-50)).toEqual(last);
    expect(seen.all()).toHaveLength(before + 100);
    await waitFor('that is committed', committed);
  });

  test('BUS14 lag counts what the group has not committed, also before it ever ran; standing says where that is', async () => {
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
    expect(await bus.standing(name, 'counted')).toEqual(
      new Map([
        [0, { committed: 0, end: 0 }],
        [1, { committed: 4, end: 6 }],
      ]),
    );
  });
}
