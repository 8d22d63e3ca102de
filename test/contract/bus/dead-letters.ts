import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { openDeadLetters } from '../../../services/common/bus/dead-letters.ts';
import { LongwireError } from '../../../services/common/errors.ts';
import { createBusAdmin } from '../../../services/user-mysql/bus-admin.ts';
import { waitFor } from '../../rigs/process.ts';
import { collect, numbered } from './collector.ts';
import type { Stage } from './suite.ts';

/** What becomes of a record that makes its batch fail. */
export function describeDeadLetters({ open, topic }: Stage): void {
  test('BUS60 one record that cannot be worked on is set aside, the others go on; it is shown, put back and dropped', async () => {
    const bus = await open();
    const name = await topic(bus, 2);
    // The part of the name after the dot says what a topic is for.
    const dead = `${name}.dead`;
    await bus.ensureTopic(dead, 1);
    const registry = new Registry();
    const log = pino({ level: 'silent' });
    const unused = { route: name, task: name, broadcast: name, receipt: name, channel: name };
    const admin = createBusAdmin(bus, { ...unused, dead });
    const state = { odd: new Set(['3', '17']) };
    const seen = await collect(bus, {
      topic: name,
      group: `${name}-reader`,
      maxBatch: 10,
      setAside: openDeadLetters(bus, dead, registry, log),
      onBatch: async ({ records }) => {
        if (records.some(({ value }) => state.odd.has(value)))
          throw new LongwireError('too_large', 'a body is too large');
      },
    });
    await bus.publish(name, [...numbered(0, 0, 20), ...numbered(1, 0, 1)]);
    await waitFor('the others', () => seen.all().length === 19, 30_000);
    const wanted = Array.from({ length: 20 }, (_none, index) => index).filter(
      (offset) => offset !== 3 && offset !== 17,
    );
    expect(seen.offsets.get(0)).toEqual(wanted);

    const { letters } = await admin.deadLetters({});
    expect(letters).toMatchObject([
      {
        topic: name,
        group: `${name}-reader`,
        partition: 0,
        offset: 3,
        key: 'k0',
        code: 'too_large',
        message: 'a body is too large',
      },
      { offset: 17 },
    ]);
    const { values } = await registry.getSingleMetric('longwire_bus_dead_letters_total')!.get();
    expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(2);
    const [first, second] = letters;
    expect((await admin.deadLetter({ id: first!.id })).letter).toMatchObject({ offset: 3, value: '3' });

    state.odd.clear();
    await admin.putBackDeadLetter({ id: first!.id });
    await waitFor('it comes again', () => seen.offsets.get(0)!.includes(20));
    expect(seen.values.get(0)!.at(-1)).toBe('3');
    await admin.dropDeadLetter({ id: second!.id });
    expect(await admin.deadLetters({})).toEqual({ letters: [] });
    for (const id of [first!.id, 999])
      await expect(admin.putBackDeadLetter({ id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await bus.groups(dead)).toEqual([]);
  });

  test('BUS61 the largest record that a topic takes fits into a dead letter', async () => {
    const bus = await open();
    const name = await topic(bus, 1);
    const dead = `${name}.dead`;
    await bus.ensureTopic(dead, 1);
    const setAside = openDeadLetters(bus, dead, new Registry(), pino({ level: 'silent' }));
    const value = 'x'.repeat(899_900);
    await bus.publish(name, [{ partition: 0, key: 'k', value }]);
    const record = { offset: 0, key: 'k', value, timeMs: 1 };
    await setAside({
      topic: name,
      group: 'g',
      partition: 0,
      record,
      error: new LongwireError('bad_request', '"'.repeat(2_000)),
    });
    const unused = { route: name, task: name, broadcast: name, receipt: name, channel: name };
    const { letter } = await createBusAdmin(bus, { ...unused, dead }).deadLetter({ id: 0 });
    expect(letter!.value.length).toBe(value.length);
    expect(letter!.withoutValue).toBeUndefined();
  });
}
