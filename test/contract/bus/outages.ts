import { expect, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import { publishDeadlineMs } from './rig.ts';
import type { Stage } from './suite.ts';

/** What a server's death does. */
export function describeOutages({ rig, open, topic }: Stage): void {
  test('BUS30 a server killed and started again under load: nothing acknowledged is lost, order holds, consumers go on', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    const seen = await collect(bus, { topic: name, group: 'restart' });
    const kept = new Map<number, string>();
    let next = 0;
    let refused = 0;
    let running = true;
    const load = (async () => {
      while (running) {
        const value = next++;
        const publish = async (): Promise<[number]> => [(await bus.publish(name, numbered(0, value, value + 1)))[0]!];
        const refuse = (): undefined => {
          refused++;
        };
        const [offset] = await waitFor('a publish is accepted', () => publish().catch(refuse), 60_000);
        kept.set(offset, String(value));
      }
    })();
    await waitFor('some records', () => kept.size > 50);
    await rig().kill();
    await waitFor('a refusal', () => refused > 0);
    const before = kept.size;
    await rig().start();
    await waitFor('publishing goes on', () => kept.size > before + 50, 30_000);
    running = false;
    await load;
    await bus.publish(name, numbered(1, 0, 1));
    // Twice where the lease ran out meanwhile: a batch may be handed over again.
    await waitFor('the consumer goes on', () => seen.values.get(1)?.includes('0'), 30_000);
    await waitFor(
      'no lag',
      async () => [...(await bus.lag(name, 'restart')).values()].every((lag) => lag === 0),
      30_000,
    );
    const [range] = await bus.ranges(name);
    const byOffset = new Map(seen.offsets.get(0)!.map((offset, index) => [offset, seen.values.get(0)![index]!]));
    expect([...byOffset.keys()].sort((a, b) => a - b)).toEqual(
      Array.from({ length: range!.end }, (_none, index) => index),
    );
    for (const [offset, value] of kept) expect(byOffset.get(offset)).toBe(value);
    const acknowledged = [...kept].sort(([a], [b]) => a - b).map(([, value]) => Number(value));
    expect([...acknowledged].sort((a, b) => a - b)).toEqual(acknowledged);
  });

  test('BUS31 while the server is down publishes fail as unavailable within their deadline, and health says so; then all goes on, also a bus opened meanwhile', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    await waitFor('health', () => bus.healthy());
    await rig().kill();
    const startMs = performance.now();
    const [failed] = await Promise.allSettled([bus.publish(name, numbered(0, 0, 1))]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(performance.now() - startMs).toBeLessThan(publishDeadlineMs + 500);
    const late = await open();
    const seen = await collect(late, { topic: name, group: 'late' });
    await waitFor('no health', () => !bus.healthy() && !late.healthy(), 20_000);
    await rig().start();
    await waitFor('health again', () => bus.healthy() && late.healthy(), 30_000);
    await waitFor('a publish', async () => (await bus.publish(name, numbered(0, 1, 2))).length === 1, 20_000);
    await waitFor('a publish of the late one', async () => (await late.publish(name, numbered(0, 2, 3))).length === 1);
    await waitFor('the records', () => seen.all().includes('1') && seen.all().includes('2'), 30_000);
  });
}
