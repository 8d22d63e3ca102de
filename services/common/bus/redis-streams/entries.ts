import type { BusRecord } from '../bus.ts';

/** A stream entry as Redis answers it: id, then fields k, v, t and their values, and what may follow. */
export type Entry = [id: string, fields: [string, string, string, string, string, string, ...string[]]];

/** What XREAD answers; null if nothing came. */
export type StreamsAnswer = [key: string, entries: Entry[]][] | null;

export function toRecords(entries: Entry[]): BusRecord[] {
  return entries.map(([id, fields]) => ({
    offset: Number(id.slice(2)) - 1,
    key: fields[1],
    value: fields[3],
    timeMs: Number(fields[5]),
  }));
}

/** Id after which the record at `offset` comes. */
export function idBefore(offset: number): string {
  return `0-${Math.max(0, offset)}`;
}
