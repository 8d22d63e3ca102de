import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lookEveryMs, Unwanted } from './unwanted.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A topic of two partitions that each look finds ten records longer, and what was asked in order. */
function scene(answers: (boolean | Error)[]) {
  const asked: string[] = [];
  let end = 0;
  const unwanted = new Unwanted(
    async () => {
      asked.push('ranges');
      end += 10;
      return [0, 1].map((partition) => ({ partition, begin: 0, end: end + partition }));
    },
    async () => {
      asked.push('wanted');
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  );
  return { unwanted, asked };
}

test('what a topic had before it was asked whether anybody wants it is unwanted: one look for all partitions', async () => {
  const { unwanted, asked } = scene([false, false]);
  expect(await Promise.all([unwanted.before(0, 0), unwanted.before(1, 5)])).toEqual([10, 11]);
  expect(asked).toEqual(['ranges', 'wanted']);
  expect(await unwanted.before(1, 11)).toBe(21);
});

test('a look that began before a record was there is followed by another', async () => {
  const { unwanted, asked } = scene([false, false, false]);
  expect(await Promise.all([unwanted.before(0, 0), unwanted.before(1, 11), unwanted.before(0, 10)])).toEqual([
    10, 21, 20,
  ]);
  expect(asked).toHaveLength(4);
  expect(await unwanted.before(0, 30)).toBe(0);
});

test('while somebody wants something, or that can’t be told, all is read', async () => {
  const { unwanted } = scene([true, new Error('away'), false]);
  expect(await Promise.all([unwanted.before(0, 0), unwanted.before(1, 0)])).toEqual([0, 0]);
  expect(await unwanted.before(0, 0)).toBe(0);
  expect(await unwanted.before(0, 0)).toBe(30);
});

test('whether something may be skipped is as the last look found it: nobody waits for the next, which is made each 2 s', async () => {
  const { unwanted, asked } = scene([false, true]);
  expect(unwanted.maySkip).toBe(false);
  await unwanted.before(0, 0);
  expect([unwanted.maySkip, unwanted.maySkip]).toEqual([true, true]);
  expect(asked).toHaveLength(2);
  vi.advanceTimersByTime(lookEveryMs + 1);
  expect(unwanted.maySkip).toBe(true);
  await unwanted.before(0, 0);
  expect(unwanted.maySkip).toBe(false);
  expect(asked).toHaveLength(4);
});
