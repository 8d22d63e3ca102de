import { expect, it } from 'vitest';
import { seededRandom } from '../../../../test/browser/console/seeded-random.ts';
import { cutTo, numberOf, shortId } from './text.ts';

it('a text that is cut ends with an ellipsis, counted as the vendor counts', () => {
  expect(cutTo('abcde', 5, 'units')).toBe('abcde');
  expect(cutTo('abcdef', 5, 'units')).toBe('abcd…');
  expect(cutTo('😀😀😀', 5, 'units')).toBe('😀😀…');
  expect(cutTo('😀😀😀', 4, 'units')).toBe('😀…');
  expect(cutTo('😀😀😀', 3, 'points')).toBe('😀😀😀');
  expect(cutTo('😀😀😀😀', 3, 'points')).toBe('😀😀…');
  expect(cutTo('a\ud83d', 5, 'units')).toBe('a\ufffd');
});

it('a cut is never longer than it may be, and never half a character', () => {
  const random = seededRandom(17);
  const from = ['a', '字', '😀', '\ud83d', '\ude00'];
  for (let round = 0; round < 3_000; round++) {
    const text = Array.from({ length: Math.floor(random() * 30) }, () => from[Math.floor(random() * from.length)]).join(
      '',
    );
    const max = 1 + Math.floor(random() * 25);
    const units = cutTo(text, max, 'units');
    const points = cutTo(text, max, 'points');
    expect(units.length).toBeLessThanOrEqual(max);
    expect([...points].length).toBeLessThanOrEqual(max);
    expect(units.isWellFormed() && points.isWellFormed()).toBe(true);
    if (text.length <= max) expect(units).toBe(text.toWellFormed());
  }
});

it('numbers and ids of texts are the same each time, and fit', () => {
  for (const text of ['', 'a', 'x'.repeat(1_000)]) {
    expect(numberOf(text)).toBe(numberOf(text));
    expect(numberOf(text)).toBeGreaterThan(0);
    expect(numberOf(text)).toBeLessThan(2 ** 31);
    expect(shortId(text)).toMatch(/^[\w-]{32}$/);
  }
});
