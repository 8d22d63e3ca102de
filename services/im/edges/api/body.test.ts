import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBody } from './body.ts';

const chunk = (bytes: number) => Buffer.alloc(bytes, 'a');

function bodyOf(stream: Readable, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readBody(stream, limitBytes, (error, body) => (error ? reject(error) : resolve(body!)));
  });
}

it('reads a body up to its limit', async () => {
  expect(await bodyOf(Readable.from([chunk(3), chunk(2)]), 5)).toEqual(chunk(5));
  expect(await bodyOf(Readable.from([]), 5)).toEqual(chunk(0));
});

it('lets a larger one pass by to its end, and refuses it', async () => {
  let passed = 0;
  async function* chunks() {
    for (; passed < 10; passed++) yield chunk(3);
  }
  await expect(bodyOf(Readable.from(chunks()), 5)).rejects.toThrow('body size over limit');
  expect(passed).toBe(10);
});

it('stops reading one that is far too large', async () => {
  let passed = 0;
  const large = chunk(1024 * 1024);
  async function* endless() {
    for (;;) {
      passed++;
      yield large;
    }
  }
  await expect(bodyOf(Readable.from(endless()), 5)).rejects.toThrow('body size over limit');
  expect(passed).toBeLessThan(100);
});
