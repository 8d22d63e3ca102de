import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timed, TimingWheel, untimed } from './timing-wheel.ts';

const slotMs = 10;
const slots = 8;

interface Named extends Timed {
  name: number;
}

test('an item comes once its time is there, at most a slot later, and only once', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const item: Timed = { ...untimed };
  wheel.schedule(item, 25);
  expect(wheel.advance(24)).toEqual([]);
  expect(wheel.advance(30)).toEqual([item]);
  expect(wheel.advance(1_000)).toEqual([]);
});

test('a time beyond the ring is looked at earlier, one in the past at the next slot', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const [far, past]: [Timed, Timed] = [{ ...untimed }, { ...untimed }];
  wheel.schedule(far, 10_000);
  wheel.schedule(past, -5);
  expect(wheel.advance(10)).toEqual([past]);
  expect(wheel.advance(slotMs * (slots - 1))).toEqual([far]);
});

test('an item that was moved earlier and then put back for its old time comes once there', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const item: Timed = { ...untimed };
  wheel.schedule(item, 50);
  wheel.schedule(item, 20);
  expect(wheel.advance(20)).toEqual([item]);
  wheel.schedule(item, 50);
  expect(wheel.advance(50)).toEqual([item]);
});

test('an item that was moved earlier and came does not come again at its old time', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const item: Timed = { ...untimed };
  wheel.schedule(item, 50);
  wheel.schedule(item, 20);
  expect(wheel.advance(20)).toEqual([item]);
  expect(wheel.advance(50)).toEqual([]);
});

test('an item that was taken out does not come, leaves nothing behind, and its neighbours in the slot stay', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const [first, gone, last]: [Timed, Timed, Timed] = [{ ...untimed }, { ...untimed }, { ...untimed }];
  for (const item of [first, gone, last]) wheel.schedule(item, 20);
  wheel.remove(gone);
  wheel.remove(gone);
  expect(wheel.size).toBe(2);
  expect(wheel.advance(20)).toEqual([first, last]);
  expect(wheel.size).toBe(0);
});

test('an item that is moved is in one slot only', () => {
  const wheel = new TimingWheel<Timed>(slotMs, slots, 0);
  const item: Timed = { ...untimed };
  for (const at of [50, 20, 70, 30]) wheel.schedule(item, at);
  expect(wheel.size).toBe(1);
});

const step = fc.oneof(
  fc.record({ schedule: fc.integer({ min: 0, max: 4 }), inMs: fc.integer({ min: -20, max: 200 }) }),
  fc.record({ passMs: fc.integer({ min: 0, max: 150 }) }),
  fc.record({ remove: fc.integer({ min: 0, max: 4 }) }),
);

test('whatever is scheduled, moved, taken out and awaited, a wheel gives the same items at the same times as a plain list', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
      let now = start;
      const wheel = new TimingWheel<Named>(slotMs, slots, now);
      const items = Array.from({ length: 5 }, (_, name): Named => ({ name, ...untimed }));
      // What a wheel promises, item by item: the tick at which it must come next.
      const due = new Map<number, number>();
      for (const one of steps) {
        const tick = Math.floor(now / slotMs);
        if ('schedule' in one) {
          const wanted = Math.ceil((now + one.inMs) / slotMs);
          due.set(one.schedule, Math.min(Math.max(wanted, tick + 1), tick + slots - 1));
          wheel.schedule(items[one.schedule]!, now + one.inMs);
          continue;
        }
        if ('remove' in one) {
          due.delete(one.remove);
          wheel.remove(items[one.remove]!);
          expect(wheel.size).toBe(due.size);
          continue;
        }
        now += one.passMs;
        const expected = [...due].filter(([, at]) => at * slotMs <= now).map(([name]) => name);
        for (const name of expected) due.delete(name);
        expect(
          wheel
            .advance(now)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(expected.sort());
      }
    }),
    { seed: 20_260_102, numRuns: 1_000 },
  );
});
