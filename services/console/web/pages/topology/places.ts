import type { TopologyNode } from '../../api/types.ts';

export interface Place {
  /** Of its middle. */
  x: number;
  y: number;
}

export const size = { width: 1_140, height: 440 };
export const box = { width: 132, height: 58 };

/** Messages go from the left to the right; what keeps things stands below, what leaves again above. */
export const places: Record<TopologyNode, Place> = {
  upstream: { x: 76, y: 220 },
  api: { x: 322, y: 220 },
  bus: { x: 568, y: 220 },
  router: { x: 814, y: 220 },
  cm: { x: 814, y: 385 },
  device: { x: 1_060, y: 385 },
  planner: { x: 568, y: 385 },
  'user-redis': { x: 1_060, y: 220 },
  'user-mysql': { x: 322, y: 385 },
  callback: { x: 568, y: 55 },
  channel: { x: 814, y: 55 },
  vendor: { x: 1_060, y: 55 },
};

/** A line from the edge of one box to the edge of the other; where there is one in the other direction too, they stand apart. */
export function lineBetween(from: Place, to: Place, apart: number): { x1: number; y1: number; x2: number; y2: number } {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const side = { x: (-dy / length) * apart, y: (dx / length) * apart };
  const begin = edge(from, dx, dy);
  const end = edge(to, -dx, -dy);
  return { x1: begin.x + side.x, y1: begin.y + side.y, x2: end.x + side.x, y2: end.y + side.y };
}

/** Where a ray from the middle of a box leaves it, and a little further. */
function edge(place: Place, dx: number, dy: number): Place {
  const gap = 6;
  const byWidth = dx === 0 ? Number.POSITIVE_INFINITY : (box.width / 2 + gap) / Math.abs(dx);
  const byHeight = dy === 0 ? Number.POSITIVE_INFINITY : (box.height / 2 + gap) / Math.abs(dy);
  const part = Math.min(byWidth, byHeight);
  return { x: place.x + dx * part, y: place.y + dy * part };
}
