import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lanes, type LanesOptions, type Tried } from './lanes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options: LanesOptions = { maxLanes: 2, concurrency: 2, maxPerLane: 4, maxJobs: 6 };

/** Work whose tries end when the test says so, with what it says. */
function handWork() {
  const tries: ((againMs?: number) => void)[] = [];
  const work = () =>
    new Promise<Tried>((resolve) => tries.push((againMs) => resolve(againMs === undefined ? {} : { againMs })));
  return { tries, work };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test('only so many tries of a lane are under way, and what hangs in one lane holds up no other', async () => {
  const lanes = new Lanes(options);
  const { tries, work } = handWork();
  for (let count = 0; count < 4; count++) lanes.add('hangs', work);
  expect(tries).toHaveLength(2);
  const other = handWork();
  const tried = lanes.add('works', other.work);
  other.tries[0]!();
  await tried;
  expect(lanes.size).toEqual({ lanes: 1, jobs: 4, failing: 0 });
  for (let index = 0; index < 4; index++) {
    tries[index]!();
    await settled();
  }
  expect(lanes.size).toEqual({ lanes: 0, jobs: 0, failing: 0 });
});

test('there is room for so many jobs in a lane, so many lanes, and so many jobs in all', () => {
  const lanes = new Lanes(options);
  const { work } = handWork();
  for (let count = 0; count < 4; count++) expect(lanes.add('a', work)).toBeDefined();
  expect(lanes.add('a', work)).toBeUndefined();
  expect(lanes.add('b', work)).toBeDefined();
  expect(lanes.add('c', work)).toBeUndefined();
  expect(lanes.add('b', work)).toBeDefined();
  expect(lanes.add('b', work)).toBeUndefined();
});

test('work that is to be tried again is, not before its time, and its first try is over meanwhile', async () => {
  const lanes = new Lanes(options);
  const { tries, work } = handWork();
  const tried = lanes.add('a', work);
  tries[0]!(30_000);
  await tried;
  await vi.advanceTimersByTimeAsync(29_999);
  expect(tries).toHaveLength(1);
  expect(lanes.size.failing).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(tries).toHaveLength(2);
  tries[1]!();
  await settled();
  expect(lanes.size).toMatchObject({ jobs: 0, failing: 0 });
});

test('a lane that fails goes slower and slower, and is not waited for, until a try succeeds', async () => {
  const lanes = new Lanes({ ...options, concurrency: 1, maxPerLane: 100, maxJobs: 100 });
  let begun = 0;
  let fails = true;
  const work = async () => {
    begun++;
    return fails ? { againMs: 3_600_000 } : {};
  };
  for (let count = 0; count < 60; count++) lanes.add('a', work);
  await vi.advanceTimersByTimeAsync(60_000);
  // One every 5 s at the most once it has slowed down, and some quick ones before.
  expect(begun).toBeGreaterThan(10);
  expect(begun).toBeLessThan(50);
  await lanes.add('a', work);
  fails = false;
  const { tries, work: byHand } = handWork();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(begun).toBe(61);
  const waited = lanes.add('a', byHand)!.then(() => 'tried');
  expect(await Promise.race([waited, settled().then(() => 'waits')])).toBe('waits');
  tries[0]!();
  expect(await waited).toBe('tried');
});

test('after a stop nothing is begun, what is under way ends, and what is left is told', async () => {
  const lanes = new Lanes(options);
  const { tries, work } = handWork();
  for (let count = 0; count < 3; count++) lanes.add('a', work);
  const stopped = lanes.stop();
  tries[0]!();
  tries[1]!(1_000);
  expect(await stopped).toBe(2);
  expect(await lanes.stop()).toBe(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toHaveLength(2);
  expect(lanes.add('a', work)).toBeUndefined();
});

test('a lane whose service asks for a rest takes it, whatever else waits in it, and other lanes go on', async () => {
  const lanes = new Lanes({ ...options, concurrency: 1, maxPerLane: 100, maxJobs: 100 });
  let begun = 0;
  void lanes.add('a', async () => ({ againMs: 1_000, restMs: 60_000 }));
  await settled();
  void lanes.add('a', async () => {
    begun++;
    return {};
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(begun).toBe(0);
  await lanes.add('b', async () => ({}));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(begun).toBe(1);
});

test('what a job weighs is what it takes of the room', () => {
  const lanes = new Lanes(options);
  const { work } = handWork();
  expect(lanes.add('a', work, 5)).toBeUndefined();
  expect(lanes.add('a', work, 4)).toBeDefined();
  expect(lanes.add('b', work, 3)).toBeUndefined();
  expect(lanes.add('b', work, 2)).toBeDefined();
  expect(lanes.size).toEqual({ lanes: 2, jobs: 6, failing: 0 });
});
