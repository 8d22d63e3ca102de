import { expect, test } from 'vitest';
import { Attempts } from './attempts.ts';
import type { AuditRow } from './audit-row.ts';

function attempt(at: number, changes: Partial<AuditRow> = {}): AuditRow {
  return {
    ...{ at, operator: null, action: 'signIn', app: null, target: null, result: 'refused', address: '192.0.2.1' },
    detail: { code: 'bad_credentials' },
    ...changes,
  };
}

/** Makes attempts; answers how many had a row of their own. */
function make(attempts: Attempts, rows: AuditRow[]): number {
  const own = rows.filter((row) => attempts.hasOwnRow(row));
  for (const row of rows) if (!own.includes(row)) attempts.add(row);
  return own.length;
}

const countOf = (rows: AuditRow[]): number => rows.reduce((sum, { detail }) => sum + Number(detail['count']), 0);

test('past two hundred at once attempts of one address are one row, with their number and their first and last time', () => {
  const attempts = new Attempts();
  const own = make(
    attempts,
    Array.from({ length: 1_000 }, (_, n) => attempt(1_000 + n / 1_000, { target: `t${n}` })),
  );
  expect(own).toBe(200);
  const rows = attempts.take(10);
  expect(rows).toEqual([
    attempt(1_000.999, { detail: { code: 'bad_credentials', count: 800, firstAt: expect.closeTo(1_000.2, 3) } }),
  ]);
  expect([attempts.size, attempts.take(10).length]).toEqual([0, 0]);
});

test('what operators, calls and faults differ in stays apart', () => {
  const attempts = new Attempts();
  for (const operator of ['alice', null]) {
    for (const action of ['push', 'signIn']) {
      for (const code of ['forbidden', 'bad_csrf']) attempts.add(attempt(1, { operator, action, detail: { code } }));
    }
  }
  expect(attempts.take(4).length).toBe(4);
  expect(countOf(attempts.take(100))).toBe(4);
});

test('from many addresses at once: rows and sums are bounded, and none is lost', () => {
  const attempts = new Attempts();
  const rows = Array.from({ length: 5_000 }, (_, n) =>
    attempt(1, { address: `2001:db8::${n.toString(16)}`, action: n % 2 === 0 ? 'push' : 'signIn' }),
  );
  const own = make(attempts, rows);
  expect(own).toBe(2_000);
  expect(attempts.size).toBe(102);
  const sums = attempts.take(1_000);
  expect(own + countOf(sums)).toBe(5_000);
  expect(sums.filter(({ address }) => address === '').map(({ action }) => action)).toEqual(['push', 'signIn']);
});
