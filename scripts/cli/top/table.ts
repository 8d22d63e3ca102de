import type { Style, Tone } from '../style.ts';
import type { Row, Totals } from './figures.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** One look at all instances. */
export interface View {
  title: string;
  rows: Row[];
  totals: Totals;
  /** What the last line says, if anything. */
  hint?: string;
}

interface Column {
  head: string;
  width: number;
  align: 'left' | 'right';
  of: (row: Row) => string;
  tone?: (row: Row) => Tone | undefined;
}

const leastInstance = 12;
const tones: Record<Row['state'], Tone> = { ready: 'good', 'not ready': 'weak', 'not live': 'bad', 'no answer': 'bad' };

const columns: Column[] = [
  { head: 'ROLE', width: 10, align: 'left', of: ({ role }) => role },
  { head: 'INSTANCE', width: leastInstance, align: 'left', of: ({ instance }) => instance },
  { head: 'STATE', width: 9, align: 'left', of: ({ state }) => state, tone: ({ state }) => tones[state] },
  {
    head: 'CPU',
    width: 5,
    align: 'right',
    of: ({ cpu }) => (cpu === undefined ? '-' : `${cpu.toFixed(cpu < 10 ? 1 : 0)}%`),
  },
  { head: 'MEM', width: 6, align: 'right', of: ({ memoryBytes }) => bytesText(memoryBytes) },
  { head: 'CONN', width: 6, align: 'right', of: ({ connections }) => countText(connections) },
  {
    head: 'A SECOND',
    width: 26,
    align: 'left',
    of: ({ rates }) =>
      Object.entries(rates)
        .map(([name, rate]) => `${countText(rate)} ${name}`)
        .join(' '),
  },
];

/** The table as lines, no more and no longer than the size has room for. What doesn't fit below is counted. */
export function tableLines(view: View, size: Size, style: Style): string[] {
  const head = [
    style('strong', cut(view.title, size.columns)),
    cut(totalsText(view.totals), size.columns),
    style(
      'dim',
      rowText(fitted(size.columns), (column) => column.head, size.columns),
    ),
  ];
  const hint = view.hint === undefined ? [] : [style('dim', cut(view.hint, size.columns))];
  const room = Math.max(0, size.rows - head.length - hint.length);
  const body = view.rows.map((row) =>
    rowText(fitted(size.columns), (column) => column.of(row), size.columns, row, style),
  );
  const faults = view.rows.flatMap(({ instance, faults }) =>
    Object.entries(faults).map(([part, fault]) => style('weak', cut(`${instance}: ${part}: ${fault}`, size.columns))),
  );
  if (body.length > room) {
    const shown = Math.max(0, room - 1);
    const more = style('weak', cut(`… and ${body.length - shown} more: make the terminal larger`, size.columns));
    return [...head, ...body.slice(0, shown), ...(room > 0 ? [more] : []), ...hint].slice(0, size.rows);
  }
  const below = faults.slice(0, Math.max(0, room - body.length));
  return [...head, ...body, ...below, ...hint].slice(0, size.rows);
}

/** The columns that fit: names get what is left, and the last columns go first where there is little. */
function fitted(width: number): Column[] {
  const used = (list: Column[]): number => list.reduce((sum, one) => sum + one.width + 1, -1);
  let list = columns;
  while (list.length > 3 && used(list) > width) list = list.slice(0, -1);
  const spare = Math.max(0, width - used(list));
  return list.map((one) => (one.head === 'INSTANCE' ? { ...one, width: one.width + Math.min(spare, 28) } : one));
}

function rowText(list: Column[], of: (column: Column) => string, width: number, row?: Row, style?: Style): string {
  let left = width;
  const parts: string[] = [];
  for (const column of list) {
    if (left <= 0) break;
    const text = cut(of(column), Math.min(column.width, left));
    const padded =
      column.align === 'right'
        ? text.padStart(Math.min(column.width, left))
        : text.padEnd(Math.min(column.width, left));
    const tone = row && column.tone?.(row);
    parts.push(tone && style ? style(tone, padded) : padded);
    left -= column.width + 1;
  }
  return parts.join(' ').trimEnd();
}

function totalsText(totals: Totals): string {
  const {
    instances,
    ready,
    connections,
    acceptedPerSecond,
    sentPerSecond,
    ackedPerSecond,
    ackP50Ms,
    ackP99Ms,
    busLag,
  } = totals;
  const acks = ackP50Ms === undefined ? '' : `  ack p50 ${msText(ackP50Ms)} p99 ${msText(ackP99Ms)}`;
  const rates = `accept ${countText(acceptedPerSecond)}/s send ${countText(sentPerSecond)}/s ack ${countText(ackedPerSecond)}/s`;
  return `${ready}/${instances} ready  conn ${countText(connections)}  ${rates}  lag ${countText(busLag)}${acks}`;
}

function msText(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 10 ? `${ms.toFixed(1)}ms` : ms < 1_000 ? `${Math.round(ms)}ms` : `${(ms / 1_000).toFixed(1)}s`;
}

/** Short, as 950, 1.2k, 34k, 5.6M. */
export function countText(count: number | undefined): string {
  if (count === undefined) return '-';
  if (count > 0 && count < 10 && !Number.isInteger(count)) return count.toFixed(1);
  if (count < 999.5) return String(Math.round(count));
  const [scaled, unit] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${scaled.toFixed(scaled < 9.95 ? 1 : 0)}${unit}`;
}

function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  const mb = bytes / 1_048_576;
  return mb < 1_000 ? `${Math.round(mb)}M` : `${(mb / 1_024).toFixed(1)}G`;
}

/** Cut to a width; nothing in it can steer the terminal. */
function cut(text: string, width: number): string {
  const plain = text.replace(/[^\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2190-\ud7ff]/g, '?');
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
}
