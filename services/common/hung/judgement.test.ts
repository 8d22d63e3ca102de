import { expect, test } from 'vitest';
import {
  deafAfterMs,
  hungAfterMs,
  type Judgement,
  judge,
  type Look,
  lookEveryMs,
  soundJudgement,
} from './judgement.ts';

type Seen = Omit<Look, 'atMs'>;

/** Looks every `lookEveryMs`, the n-th finding what `seen` answers; each judgement with the time that it was made at. */
function judged(count: number, seen: (number: number) => Seen, everyMs = lookEveryMs) {
  const all: (Judgement & { atMs: number })[] = [];
  let judgement = soundJudgement;
  for (let number = 0; number < count; number++) {
    const atMs = number * everyMs;
    judgement = judge(judgement, { atMs, ...seen(number) }, atMs);
    all.push({ ...judgement, atMs });
  }
  return all;
}

test.each([
  ['stopped', { process: 'stopped', live: 'not asked' }],
  ['silent', { process: 'runs', live: 'silent' }],
  ['silent', { process: 'unknown', live: 'silent' }],
  ['failing', { process: 'runs', live: 'failing' }],
] as const)('a process that is %s (%o) is hung after 14 s of that, so within 17.5 s of hanging', (fault, seen) => {
  const found = judged(20, () => seen);
  const hung = found.find((one) => one.hung)!;
  expect(hung.fault).toBe(fault);
  expect(hung.atMs).toBeGreaterThanOrEqual(hungAfterMs);
  expect(hung.atMs + lookEveryMs).toBeLessThanOrEqual(17_500);
  expect(found.filter((one) => one.atMs < hungAfterMs).some((one) => one.hung)).toBe(false);
});

test.each([
  ['answers, however busy it is', { process: 'runs', live: 'ok' }],
  ['is gone', { process: 'gone', live: 'not asked' }],
  ['is not to be seen and listens nowhere', { process: 'unknown', live: 'refused' }],
] as const)('a process that %s is never hung', (_what, seen) => {
  expect(judged(100, () => seen).filter((one) => one.hung || one.fault)).toEqual([]);
});

test('one that does not listen has a minute to start, and is hung then', () => {
  const found = judged(40, () => ({ process: 'runs', live: 'refused' }));
  expect(found.find((one) => one.hung)).toMatchObject({ fault: 'deaf', atMs: deafAfterMs });
});

test('one that is stopped as soon as it listens, before any look found it sound, is judged from then on', () => {
  const found = judged(20, (number) => ({ process: number < 4 ? 'runs' : 'stopped', live: 'refused' }));
  expect(found.find((one) => one.hung)!.atMs).toBeGreaterThanOrEqual(4 * lookEveryMs + hungAfterMs);
});

test('one good look between begins the count anew; another fault between does not', () => {
  const answers = judged(40, (number) => ({ process: 'runs', live: number % 5 === 4 ? 'ok' : 'silent' }));
  expect(answers.some((one) => one.hung)).toBe(false);
  const mixed = judged(8, (number) => ({ process: number % 2 ? 'stopped' : 'runs', live: 'silent' }));
  expect(mixed.at(-1)!.hung).toBe(true);
});

test('whoever looks and was stopped itself does not judge by the time that went by', () => {
  const found = judged(4, () => ({ process: 'runs', live: 'silent' }), 60_000);
  expect(found.map((one) => one.hung)).toEqual([false, false, false, true]);
});
