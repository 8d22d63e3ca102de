const notRecorded = '–';

/** A number with its thousands apart. @param digits after the point */
export function figure(value: number | null | undefined, digits = 0): string {
  if (value == null) return notRecorded;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The figures of these processes, `a / b / c`. */
export function each(byProcess: Record<string, number> | null, names: string[], digits = 0): string {
  return names.map((name) => figure(byProcess?.[name], digits)).join(' / ');
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function busName(bus: 'redis' | 'kafka'): string {
  return bus === 'redis' ? 'Redis bus' : 'Kafka bus';
}
