import { expect, test } from 'vitest';
import { RequestBuffer, type WriteRequest } from './request-buffer.ts';

const request = (samples: number, bytes: number): WriteRequest => ({ samples, body: Buffer.alloc(bytes) });

test.each([
  ['samples', { maxSamples: 25, maxBytes: 1_000 }],
  ['bytes', { maxSamples: 1_000, maxBytes: 250 }],
])('at the bound of %s the oldest go, and their samples are counted', (_what, limits) => {
  const buffer = new RequestBuffer(limits);
  const all = [1, 2, 3].map(() => request(10, 100));
  for (const one of all) buffer.add(one);
  expect([buffer.first === all[1], buffer.samples, buffer.bytes, buffer.dropped]).toEqual([true, 20, 200, 10]);
});

test('one that is larger than the bound is dropped whole', () => {
  const buffer = new RequestBuffer({ maxSamples: 5, maxBytes: 1_000 });
  buffer.add(request(6, 1));
  expect([buffer.first, buffer.samples, buffer.bytes, buffer.dropped]).toEqual([undefined, 0, 0, 6]);
});

test('delivered and refused ones go from the front; one that had to go while it was under way is counted once', () => {
  const buffer = new RequestBuffer({ maxSamples: 20, maxBytes: 1_000 });
  const [one, two, three] = [request(10, 1), request(10, 1), request(10, 1)];
  buffer.add(one);
  buffer.add(two);
  buffer.add(three);
  buffer.done(one);
  buffer.drop(one);
  expect([buffer.samples, buffer.dropped]).toEqual([20, 10]);
  buffer.done(two);
  buffer.drop(three);
  expect([buffer.first, buffer.samples, buffer.bytes, buffer.dropped]).toEqual([undefined, 0, 0, 20]);
});
