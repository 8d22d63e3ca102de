import { expect, test } from 'vitest';
import { decodePayload, encodePayload, minPayloadSize, type Payload } from './payload.ts';

const largest: Payload = {
  ...{ run: '0123abcd', kind: 'all', sender: 199, number: 9_999_999_999 },
  ...{ dueUs: 999_999_999_999_999, group: 9 },
};

test('a text has its size and says what was put in, also in the shortest', () => {
  for (const size of [minPayloadSize, 256, 3_072]) {
    const text = encodePayload(largest, size);
    expect(text).toHaveLength(size);
    expect(decodePayload(text, '0123abcd')).toEqual(largest);
  }
});

test('a text of another run or of somebody else is none', () => {
  expect(decodePayload(encodePayload(largest, 64), 'ffffffff')).toBeUndefined();
  for (const text of ['', 'Hello', 'lwload 0123abcd', 'lwload 0123abcd 9 0 1 2 3 ', 'lwload 0123abcd 0 0 x 2 3 ']) {
    expect(decodePayload(text, '0123abcd')).toBeUndefined();
  }
});
