import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess, waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import type { BusRig } from './rig.ts';
import type { Stage } from './suite.ts';

/** How partitions move between the members of a group. */
export function describeGroups({ rig, open, topic }: Stage): void {
  test('BUS20 two consumers of a group share the partitions out, and each record is handled', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const name = await topic(first, 4);
    const a = await collect(first, { topic: name, group: 'shared' });
    const b = await collect(second, { topic: name, group: 'shared' });
    await waitFor('two each', () => a.consumer.owned().length === 2 && b.consumer.owned().length === 2, 20_000);
    expect([...a.consumer.owned(), ...b.consumer.owned()].sort()).toEqual([0, 1, 2, 3]);
    for (const partition of [0, 1, 2, 3]) await first.publish(name, numbered(partition, 0, 10));
    await waitFor('all records', () => a.all().length + b.all().length === 40);
    expect([...a.values.keys(), ...b.values.keys()].sort()).toEqual([0, 1, 2, 3]);
  });

  test('BUS21 groups don’t share: each gets every record', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, [...numbered(0, 0, 5), ...numbered(1, 0, 5)]);
    const a = await collect(bus, { topic: name, group: 'one' });
    const b = await collect(bus, { topic: name, group: 'other' });
    await waitFor('all records twice', () => a.all().length === 10 && b.all().length === 10);
  });

  test('BUS26 groups are listed with what is behind them; one without members can be forgotten, and begins anew', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, [...numbered(0, 0, 5), ...numbered(1, 0, 5)]);
    const reader = await collect(bus, { topic: name, group: `${name}-reader` });
    await waitFor('all records', () => reader.all().length === 10);
    await waitFor('all committed', async () => (await bus.groups(name))[0]?.behind === 0);
    expect(await bus.groups(name)).toEqual([{ group: `${name}-reader`, absentMs: 0, behind: 0 }]);
    await expect(bus.forgetGroup(name, `${name}-reader`)).rejects.toMatchObject({ code: 'conflict' });
    await expect(bus.forgetGroup(name, `${name}-other`)).rejects.toMatchObject({ code: 'not_found' });
    await reader.consumer.stop();
    await bus.publish(name, numbered(0, 5, 8));
    await waitFor('it has no members', async () => {
      const [one] = await bus.groups(name);
      return one!.behind === 3 && one!.absentMs > 0;
    });
    await bus.forgetGroup(name, `${name}-reader`);
    expect(await bus.groups(name)).toEqual([]);
    const again = await collect(bus, { topic: name, group: `${name}-reader` });
    await waitFor('all records again', () => again.all().length === 13);
  });

  test('BUS22 a partition is handed over after the batch in hand, whose commit still counts; nobody else owns it before', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const name = await topic(first, 2);
    await first.publish(name, [...numbered(0, 0, 5), ...numbered(1, 0, 5)]);
    const gate = Promise.withResolvers<void>();
    const inHand = new Set<number>();
    const stale: (() => boolean)[] = [];
    const overlaps: number[] = [];
    const stopped: number[] = [];
    const a = await collect(first, {
      topic: name,
      group: 'handed',
      onBatch: async (batch) => {
        inHand.add(batch.partition);
        stale.push(batch.stale);
        await gate.promise;
        inHand.delete(batch.partition);
      },
      onStop: (partition) => stopped.push(partition),
    });
    await waitFor('both batches in hand', () => inHand.size === 2);
    expect(stale.some((asked) => asked())).toBe(false);
    const joining = collect(second, {
      topic: name,
      group: 'handed',
      onStart: async (partition, committed) => {
        if (inHand.has(partition)) overlaps.push(partition);
        return committed;
      },
    });
    await waitFor('one is told to leave off', () => stale.some((asked) => asked()), 20_000);
    const leaseOverMs = Date.now() + leaseMsOf(rig());
    await waitFor('longer than a lease', () => Date.now() > leaseOverMs, 20_000);
    expect(stopped).toEqual([]);
    gate.resolve();
    const b = await joining;
    await waitFor('one each', () => a.consumer.owned().length === 1 && b.consumer.owned().length === 1, 20_000);
    await first.publish(name, [...numbered(0, 5, 6), ...numbered(1, 5, 6)]);
    await waitFor('the later records', () => a.all().length + b.all().length === 12);
    expect(overlaps).toEqual([]);
    expect(stopped).toEqual(b.consumer.owned());
    expect(b.all()).toEqual(['5']);
  });

  test('BUS23 a consumer that stops finishes and commits its batch, then gives its partitions up at once', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const name = await topic(first, 2);
    const gate = Promise.withResolvers<void>();
    let held: (() => boolean) | undefined;
    const a = await collect(first, {
      topic: name,
      group: 'stopping',
      onBatch: async (batch) => {
        held = batch.stale;
        await gate.promise;
      },
    });
    await first.publish(name, numbered(0, 0, 5));
    await waitFor('a batch in hand', () => held !== undefined);
    const stopping = a.consumer.stop();
    expect(a.consumer.stop()).toBe(stopping);
    expect(held?.()).toBe(true);
    gate.resolve();
    await stopping;
    const stoppedMs = Date.now();
    expect(a.consumer.owned()).toEqual([]);
    const b = await collect(second, { topic: name, group: 'stopping' });
    await waitFor('both at the other', () => b.consumer.owned().length === 2);
    expect(Date.now() - stoppedMs).toBeLessThan(1_500);
    await first.publish(name, numbered(0, 5, 6));
    await waitFor('the later record', () => b.all().length === 1);
    expect(b.all()).toEqual(['5']);
  });

  test('BUS24 a consumer process killed within a batch: another goes on from its last commit, and nothing is lost', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    await bus.publish(name, [...numbered(0, 0, 50), ...numbered(1, 100, 150)]);
    const dir = mkdtempSync(join(tmpdir(), 'longwire-bus-child-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const logFile = join(dir, 'child.log');
    const order = JSON.stringify({ spec: rig().spec, topic: name, group: 'killed', handle: 40 });
    const program = fileURLToPath(new URL('./hanging-consumer.ts', import.meta.url));
    const child = await startProcess({ command: process.execPath, args: [program, order], logFile });
    onTestFinished(() => child.end('SIGKILL'));
    await waitFor('the child hangs in a batch', () => readFileSync(logFile, 'utf8').includes('hanging'), 20_000);
    const lag = await bus.lag(name, 'killed');
    const committed = 100 - lag.get(0)! - lag.get(1)!;
    await child.end('SIGKILL');
    const taken = readFileSync(logFile, 'utf8').match(/^took \d+$/gm)?.length ?? 0;
    expect(committed).toBeGreaterThan(0);
    expect(taken).toBeGreaterThanOrEqual(committed);
    const b = await collect(bus, { topic: name, group: 'killed' });
    await waitFor('the rest', () => b.all().length === 100 - committed, 30_000);
    for (const partition of [0, 1]) {
      const from = 50 - (lag.get(partition) ?? 0);
      const rest = Array.from({ length: 50 - from }, (_none, index) => from + index);
      expect(b.offsets.get(partition) ?? []).toEqual(rest);
    }
  });

  test('BUS25 a handler may take longer than a lease or session: its partition stays its own, and others go on', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const name = await topic(first, 2);
    const a = await collect(first, {
      topic: name,
      group: 'slow',
      onBatch: async ({ records }) => {
        if (records[0]?.value === 'slow') await gate.promise;
      },
    });
    const gate = Promise.withResolvers<void>();
    const b = await collect(second, { topic: name, group: 'slow' });
    await waitFor('one each', () => a.consumer.owned().length === 1 && b.consumer.owned().length === 1, 20_000);
    const [mine] = a.consumer.owned();
    const [theirs] = b.consumer.owned();
    await first.publish(name, [{ partition: mine!, key: 'k', value: 'slow' }]);
    const longMs = leaseMsOf(rig());
    const startMs = Date.now();
    let sent = 0;
    await waitFor(
      'longer than a lease',
      async () => {
        await first.publish(name, numbered(theirs!, sent++, sent));
        return Date.now() - startMs > longMs;
      },
      30_000,
      200,
    );
    await waitFor('the other partition', () => b.all().length === sent);
    expect(a.consumer.owned()).toEqual([mine]);
    expect(a.all()).toEqual([]);
    gate.resolve();
    await waitFor('its commit', async () => (await first.lag(name, 'slow')).get(mine!) === 0);
    expect(a.all()).toEqual(['slow']);
    expect(b.values.get(mine!)).toBeUndefined();
  });
}

/** Longer than a consumer that says nothing keeps its partitions. */
function leaseMsOf(rig: BusRig): number {
  return rig.spec.kind === 'kafka' ? 7_000 : 3_000;
}
