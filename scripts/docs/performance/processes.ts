/** How processes are called on the page and in plots, in the order in which they are shown, and their colors there: readable on white and on black. */
const known: Record<string, { label: string; color: string }> = {
  im: { label: 'im', color: '#3b82f6' },
  'user-redis': { label: 'user-redis', color: '#d97706' },
  'user-mysql': { label: 'user-mysql', color: '#9333ea' },
  mariadb: { label: 'MariaDB', color: '#db2777' },
  redis: { label: 'Redis', color: '#dc2626' },
  cm: { label: 'cm', color: '#059669' },
  kafka: { label: "Kafka's broker", color: '#94a3b8' },
  process: { label: "the floor's process", color: '#64748b' },
  floor: { label: 'the floor', color: '#64748b' },
  bare: { label: 'bare ws', color: '#64748b' },
};

export interface Part {
  label: string;
  color: string;
  us: number;
}

/** CPU times by process in the page's order; what is rounded off to nothing, or below, is left out. */
export function partsOf(byProcess: Record<string, number>): Part[] {
  const order = Object.keys(known);
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(byProcess)
    .filter(([, us]) => us > 0)
    .sort(([left], [right]) => rank(left) - rank(right))
    .map(([name, us]) => ({ ...(known[name] ?? { label: name, color: '#78716c' }), us }));
}

export function labelOf(name: string): string {
  return known[name]?.label ?? name;
}
