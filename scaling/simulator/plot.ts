import { shown, text } from '../../scripts/docs/svg.ts';
import type { Curve } from './curves.ts';
import type { Point, Replay, ReplayedRole } from './replay.ts';

const [width, panelHeight, left, right, top, gap] = [760, 120, 46, 16, 56, 34];
const [ink, faint, load, there] = ['#333333', '#dddddd', '#d97706', '#1d4ed8'];
/** Points of a line at the most; of several in one place the highest is drawn. */
const maxPoints = 240;

/** A replay as an SVG: for each role, the instances that its load needs at their targets, and those that were there. */
export function plot(curve: Curve, replay: Replay): string {
  const roles = Object.entries(replay) as [ReplayedRole, Point[]][];
  const height = top + roles.length * (panelHeight + gap);
  const panels = roles.map(([role, points], index) =>
    panel(role, points, curve.hours, top + index * (panelHeight + gap)),
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="${ink}">`,
    `<title>${curve.title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 18, curve.title, 'start', 13),
    text(width - right, 38, 'needed by the load', 'end', 11, load),
    text(width - right - 110, 38, 'instances', 'end', 11, there),
    ...panels.flat(),
    '</svg>',
  ].join('\n')}\n`;
}

function panel(role: string, points: Point[], hours: number, y: number): string[] {
  const highest = Math.max(...points.map(({ replicas, needed }) => Math.max(replicas, needed)));
  const most = Math.max(4, Math.ceil(highest / 2) * 2);
  const xOf = (second: number): number => left + ((width - left - right) * second) / (hours * 3_600);
  const yOf = (value: number): number => y + panelHeight - (panelHeight * value) / most;
  const thinned = thin(points);
  const needed = thinned.map(({ second, needed: value }) => `${shown(xOf(second))},${shown(yOf(value))}`);
  const steps = points.flatMap(({ second, replicas }, index) => {
    const before = points[index - 1]?.replicas;
    if (before === replicas) return [];
    const x = shown(xOf(second));
    return [...(before === undefined ? [] : [`${x},${shown(yOf(before))}`]), `${x},${shown(yOf(replicas))}`];
  });
  const last = points.at(-1)!;
  steps.push(`${shown(xOf(last.second))},${shown(yOf(last.replicas))}`);
  const rows = [0, most / 2, most].flatMap((value) => [
    `<path d="M${left},${shown(yOf(value))}H${width - right}" stroke="${faint}"/>`,
    text(left - 6, yOf(value) + 4, String(value), 'end'),
  ]);
  const everyH = hours > 6 ? 4 : 0.5;
  const columns = Array.from({ length: hours / everyH + 1 }, (_unused, index) => index * everyH).map((hour) =>
    text(xOf(hour * 3_600), y + panelHeight + 14, `${hour} h`, 'middle'),
  );
  return [
    text(left, y - 5, role, 'start', 12),
    ...rows,
    ...columns,
    `<polyline points="${needed.join(' ')}" fill="none" stroke="${load}"/>`,
    `<polyline points="${steps.join(' ')}" fill="none" stroke="${there}" stroke-width="2"/>`,
  ];
}

function thin(points: Point[]): Point[] {
  const each = Math.ceil(points.length / maxPoints);
  return Array.from({ length: Math.ceil(points.length / each) }, (_unused, index) =>
    points.slice(index * each, (index + 1) * each).reduce((high, point) => (point.needed > high.needed ? point : high)),
  );
}
