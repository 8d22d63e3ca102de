import { pino } from 'pino';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { RequestBuffer } from './core/request-buffer.ts';
import { type Pushed, Pusher } from './pusher.ts';

const later: Pushed = { is: 'later', reason: 'no_answer', afterMs: undefined };
const done: Pushed = { is: 'done' };

/** A main service that answers what the test says, `done` when nothing is left; and the lines of the log. */
function rig(answers: Pushed[] = []) {
  const taken: string[] = [];
  const tries: { body: string; atMs: number }[] = [];
  const lines: { level: string; msg: string; detail?: string }[] = [];
  const log = pino(
    { level: 'info', formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const buffer = new RequestBuffer({ maxSamples: 100, maxBytes: 1_000 });
  const post = async (body: Buffer): Promise<Pushed> => {
    tries.push({ body: String(body), atMs: performance.now() });
    const answer = answers.shift() ?? done;
    if (answer.is === 'done') taken.push(String(body));
    return answer;
  };
  const pusher = new Pusher(buffer, { post, retryMs: [1, 5] }, log);
  const add = (...bodies: string[]): void => {
    for (const body of bodies) buffer.add({ body: Buffer.from(body), samples: 10 });
    pusher.wake();
  };
  pusher.start();
  return { pusher, buffer, answers, taken, tries, lines, add };
}

test('what waits goes out in order, and what comes later too', async () => {
  const { pusher, taken, add } = rig();
  add('a', 'b');
  await waitFor('the first', () => taken.length === 2);
  add('c');
  await waitFor('the next', () => taken.length === 3);
  expect(taken).toEqual(['a', 'b', 'c']);
  await pusher.stop(1_000);
});

test('one that may be taken later is tried until it is, holds up those behind it, and is one line', async () => {
  const { pusher, taken, tries, lines, add } = rig([later, later, { ...later, reason: 'server_error' }]);
  add('a', 'b');
  await waitFor('both', () => taken.length === 2);
  expect(tries.map(({ body }) => body)).toEqual(['a', 'a', 'a', 'a', 'b']);
  expect(pusher.failures).toEqual({ refused: 0, rate_limited: 0, server_error: 1, no_answer: 2 });
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  await pusher.stop(1_000);
});

test('one that is refused is dropped with one line that says why; the next goes on', async () => {
  const refused: Pushed = { is: 'refused', reason: 'refused', detail: '400 out of order' };
  const { pusher, buffer, taken, lines, add } = rig([refused]);
  add('a', 'b');
  await waitFor('the next', () => taken.length === 1);
  expect(taken).toEqual(['b']);
  expect([buffer.dropped, pusher.failures.refused]).toEqual([10, 1]);
  expect(lines).toMatchObject([{ level: 'error', detail: '400 out of order' }]);
  await pusher.stop(1_000);
});

test('Retry-After is kept to', async () => {
  const { pusher, taken, tries, add } = rig([{ is: 'later', reason: 'rate_limited', afterMs: 80 }]);
  add('a');
  await waitFor('it is taken', () => taken.length === 1);
  expect(tries[1]!.atMs - tries[0]!.atMs).toBeGreaterThanOrEqual(79);
  await pusher.stop(1_000);
});

test('while the main service is away the buffer bounds what waits: the newest are kept', async () => {
  const { pusher, buffer, answers, taken, add } = rig(Array(10_000).fill(later));
  for (let number = 0; number < 25; number++) add(String(number));
  expect([buffer.samples, buffer.dropped]).toEqual([100, 150]);
  await waitFor('some tries', () => pusher.failures.no_answer >= 3);
  answers.length = 0;
  await waitFor('all that waited', () => buffer.samples === 0);
  expect(taken.filter((body) => Number(body) >= 15)).toEqual(
    Array.from({ length: 10 }, (_, index) => String(index + 15)),
  );
  await pusher.stop(1_000);
});

test('a stop sends what waits, also after a long Retry-After, and is over at its limit all the same', async () => {
  const { pusher, taken, tries, add } = rig([{ is: 'later', reason: 'rate_limited', afterMs: 300_000 }]);
  add('a', 'b');
  await waitFor('the first try', () => tries.length === 1);
  await pusher.stop(5_000);
  expect(taken).toEqual(['a', 'b']);

  const away = rig(Array(10_000).fill(later));
  away.add('a');
  const startMs = performance.now();
  await away.pusher.stop(50);
  expect(performance.now() - startMs).toBeLessThan(1_000);
  away.answers.length = 0;
});
