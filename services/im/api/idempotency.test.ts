import { expect, it } from 'vitest';
import { ApiFault } from './faults.ts';
import { doOnce, type Reservation, type Reservations } from './idempotency.ts';

/** Answers reservations from a script, one list a request id, and remembers what was settled and given back. */
function scripted(script: Record<string, (Reservation | undefined)[]>) {
  const settled: string[] = [];
  const released: string[] = [];
  const reservations: Reservations = {
    reserve: async ({ requestId }) => script[requestId]!.shift(),
    settle: async ({ requestId }, answer) => void settled.push(`${requestId}=${answer}`),
    release: async ({ requestId }) => void released.push(requestId),
  };
  return { reservations, settled, released };
}

const mine: Reservation = { state: 'mine', day: '0101' };
const running: Reservation = { state: 'running', day: '0101' };
const options = {
  app: 'app',
  admitted: Promise.resolve(),
  instance: 'im',
  now: () => Date.UTC(2025, 4, 6),
  waitMs: 1_000,
};
const given = (...ids: string[]) => ({
  items: ids.map((requestId) => ({ requestId })),
  bodies: ids.map((id) => ({ text: id })),
  onRepeat: () => {},
});
const work = async (due: { item: { requestId: string }; day: string }[]) =>
  due.map(({ item, day }) => `${item.requestId}/${day}`);

it('does what is its own, with the day of the first try, and settles it', async () => {
  const { reservations, settled } = scripted({ a: [mine], b: [{ state: 'done', day: '0101', answer: '"was"' }] });
  expect(await doOnce({ ...options, reservations, ...given('a', 'b'), work })).toEqual(['a/0101', 'was']);
  expect(settled).toEqual(['a="a/0101"']);
});

it('does what cannot be reserved, and settles nothing', async () => {
  const { reservations, settled } = scripted({ a: [undefined] });
  expect(await doOnce({ ...options, reservations, ...given('a'), work })).toEqual(['a/0506']);
  expect(settled).toEqual([]);
});

it('asks again for what others do, and does it if they gave it up', async () => {
  const { reservations } = scripted({ a: [running, running, mine], b: [mine] });
  expect(await doOnce({ ...options, reservations, ...given('a', 'b'), work })).toEqual(['a/0101', 'b/0101']);
});

it('gives its reservations back when the work fails', async () => {
  const { reservations, released, settled } = scripted({ a: [mine], b: [undefined], c: [mine] });
  const fault = new ApiFault('busy', 'busy');
  const failing = async () => Promise.reject(fault);
  await expect(doOnce({ ...options, reservations, ...given('a', 'b', 'c'), work: failing })).rejects.toBe(fault);
  expect([released, settled]).toEqual([['a', 'c'], []]);
});

it('refuses an id that was used for another kind of request, and does nothing of the rest', async () => {
  const { reservations, released } = scripted({ a: [mine], b: [{ state: 'done', day: '0101', answer: '{"task":1}' }] });
  const fits = (answer: unknown) => typeof answer === 'string';
  const asked = doOnce({ ...options, reservations, ...given('a', 'b'), fits, work });
  await expect(asked).rejects.toMatchObject({ kind: 'parameter', message: 'request_id is invalid' });
  expect(released).toEqual(['a']);
});

it('gives up when others are at work for too long', async () => {
  const { reservations } = scripted({ a: Array(100).fill(running) });
  const waiting = doOnce({ ...options, waitMs: 100, reservations, ...given('a'), work });
  await expect(waiting).rejects.toMatchObject({ kind: 'busy' });
});

it('tells of each request that was done before, and whether it had another body then', async () => {
  const told: [string, boolean][] = [];
  const onRepeat = (requestId: string, differs: boolean): void => void told.push([requestId, differs]);
  const marks: string[] = [];
  const first = scripted({ a: [mine] }).reservations;
  const reserve: Reservations['reserve'] = async (id, day) => {
    marks.push(id.owner.split(':').at(-1)!);
    return first.reserve(id, day);
  };
  await doOnce({ ...options, reservations: { ...first, reserve }, ...given('a'), onRepeat, work });
  const done = (mark?: string): Reservation => ({
    state: 'done',
    day: '0101',
    answer: '"was"',
    ...(mark ? { mark } : {}),
  });
  const { reservations } = scripted({ a: [running, done(marks[0])], b: [done('00000000')], c: [done()] });
  await doOnce({ ...options, reservations, ...given('a', 'b', 'c'), onRepeat, work });
  expect(told.sort()).toEqual([
    ['a', false],
    ['b', true],
    ['c', false],
  ]);
});

it('does and tells nothing of a request that is not let in, and gives its reservations back', async () => {
  const { reservations, released, settled } = scripted({
    a: [mine],
    b: [{ state: 'done', day: '0101', answer: '"was"' }],
  });
  const told: string[] = [];
  const refused = new ApiFault('badToken', 'token is invalid');
  const admitted = Promise.reject(refused);
  const onRepeat = (requestId: string) => void told.push(requestId);
  const asked = doOnce({ ...options, admitted, reservations, ...given('a', 'b'), onRepeat, work });
  await expect(asked).rejects.toBe(refused);
  expect([released, settled, told]).toEqual([['a'], [], []]);
});
