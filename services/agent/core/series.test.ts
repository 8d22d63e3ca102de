import { expect, test } from 'vitest';
import { labelsOf, type Sample, SeriesOfSource } from './series.ts';

const sample = (name: string, value: number | null = 1): Sample => ({ labels: labelsOf(name, { role: 'cm' }), value });

test('a series that a reading has no more is ended once, and begins again when it comes back', () => {
  const source = new SeriesOfSource();
  expect(source.next([sample('a'), sample('b')])).toEqual([sample('a'), sample('b')]);
  expect(source.next([sample('a', 2)])).toEqual([sample('a', 2), sample('b', null)]);
  expect(source.next([sample('a', 3)])).toEqual([sample('a', 3)]);
  expect(source.next([])).toEqual([sample('a', null)]);
  expect(source.next([sample('b')])).toEqual([sample('b')]);
});

test('series are told apart by all their labels', () => {
  const source = new SeriesOfSource();
  const of = (labels: Record<string, string>): Sample => ({ labels: labelsOf('a', labels), value: 1 });
  source.next([of({ x: '1' }), of({ x: '2' })]);
  expect(source.next([of({ x: '2' })])[1]).toEqual({ labels: labelsOf('a', { x: '1' }), value: null });
});
