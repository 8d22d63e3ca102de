import type { AuditRow as Stored } from '../../common/protocol/audit-calls.ts';

/** What is noted of a call. */
export interface AuditRow {
  at: number;
  operator: string | null;
  action: string;
  app: string | null;
  target: string | null;
  result: 'done' | 'refused' | 'failed';
  address: string;
  /** Never a secret. */
  detail: Record<string, unknown>;
}
export type StoredRow = Stored;

const maxDetail = 2_000;

/** A row as it is stored: texts that others chose are cut to what a column takes. */
export function storedRow(row: AuditRow): StoredRow {
  const { operator, app, target, address, detail } = row;
  const text = JSON.stringify(detail);
  return {
    ...row,
    operator: operator === null ? null : ascii(operator),
    app: app === null ? null : ascii(app),
    target: target === null ? null : cut(target, 200),
    address: ascii(address),
    detail: text.length <= maxDetail ? text : JSON.stringify({ cut: true, begins: cut(text, maxDetail / 2 - 50) }),
  };
}

/** What an entry’s text stands for. Text that isn't what this version writes is shown as it is. */
export function detailOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Below.
  }
  return { text };
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 64);
}

/** No half of a pair at its end. */
function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}
