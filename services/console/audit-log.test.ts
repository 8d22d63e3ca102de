import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LongwireError } from '../common/errors.ts';
import { AuditLog } from './audit-log.ts';
import type { AuditRow, StoredRow } from './core/audit-row.ts';

/** A log over a store that can be away; `given` are the rows that only the console's own log has. */
function rigOf() {
  const stored: (StoredRow & { uid: string })[] = [];
  const given: { detail: string }[] = [];
  const state = { away: false, summed: 0 };
  const mysql = {
    addAudit: async ({ items }: { items: (StoredRow & { uid: string })[] }) => {
      if (state.away) throw new LongwireError('unavailable', 'nobody is there');
      stored.push(...items);
      return { results: items.map(() => ({})) };
    },
  };
  const log = pino({ level: 'error' }, { write: (line: string) => void given.push(JSON.parse(line).audit) });
  const audit = new AuditLog(mysql, { log, metrics: { summed: () => state.summed++ }, now: Date.now });
  return { audit, stored, given, state };
}

function attempt(changes: Partial<AuditRow> = {}): AuditRow {
  return {
    ...{ at: Date.now(), operator: null, action: 'push', app: 'demo', target: null, result: 'refused' as const },
    ...{ address: '192.0.2.1', detail: { code: 'not_signed_in' } },
    ...changes,
  };
}

/** How many attempts rows stand for. */
function countOf(rows: { detail: string }[]): number {
  return rows.reduce((sum, { detail }) => sum + (JSON.parse(detail) as { count?: number }).count!, 0);
}
const ones = (rows: StoredRow[]) => rows.filter(({ detail }) => !detail.includes('"count"'));
const sums = (rows: StoredRow[]) => rows.filter(({ detail }) => detail.includes('"count"'));

test('of a thousand refused attempts each has a row or is in the count of one, also when the console stops', async () => {
  const { audit, stored, given, state } = rigOf();
  await Promise.all(Array.from({ length: 1_000 }, () => audit.write(attempt())));
  expect(sums(stored)).toEqual([]);
  await audit.stop(Date.now() + 1_000);
  expect(ones(stored).length + countOf(sums(stored))).toBe(1_000);
  expect(state.summed).toBe(countOf(sums(stored)));
  expect(stored.length).toBeLessThan(300);
  expect(new Set(stored.map(({ uid }) => uid)).size).toBe(stored.length);
  expect(given).toEqual([]);
});

test('while the store is away attempts are added up past what may wait, and all are stored when it is back', async () => {
  const { audit, stored, given, state } = rigOf();
  state.away = true;
  const addresses = Array.from({ length: 2_500 }, (_, n) => `192.0.${Math.floor(n / 250)}.${n % 250}`);
  await Promise.all(addresses.map((address) => audit.write(attempt({ address }))));
  expect(() => audit.assertReady()).toThrow(expect.objectContaining({ reason: 'audit_waits' }));
  state.away = false;
  await audit.stop(Date.now() + 5_000);
  expect(ones(stored).length + countOf(sums(stored))).toBe(2_500);
  expect(stored.length).toBeLessThan(1_200);
  expect(given).toEqual([]);
});

test('a store that stays away at a stop leaves the sums, with their counts, to the log of the console', async () => {
  const { audit, given, state } = rigOf();
  state.away = true;
  await Promise.all(Array.from({ length: 300 }, () => audit.write(attempt({ result: 'failed' }))));
  await audit.stop(Date.now() + 200);
  const counted = given.filter((row) => row?.detail.includes('"count"'));
  expect(given.filter((row) => row !== undefined).length - counted.length + countOf(counted)).toBe(300);
});
