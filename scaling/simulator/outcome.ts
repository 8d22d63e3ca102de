import { tolerance } from '../core/figures.ts';
import type { Point } from './replay.ts';

export interface Outcome {
  /** Longest time that fewer instances served than what came in needed at their targets, less the tolerance, seconds. */
  longestShortS: number;
  longestLatencyMs: number;
  mostWaiting: number;
  /** Connections of the fullest instance, the most. */
  fullest: number;
  /** Devices that found no room, the most at once, and the longest time that there were any, seconds. */
  outside: number;
  longestOutsideS: number;
  instanceHours: number;
  /** The same with as many as the most, all the time. */
  fixedHours: number;
  /** Turns from growing to shrinking or back, the most within any hour. */
  turnsAnHour: number;
}

const hourS = 3_600;

/** What a replay of one role came to. */
export function outcomeOf(points: Point[]): Outcome {
  const stepS = points[1]!.second - points[0]!.second;
  const most = (of: (point: Point) => number): number => points.reduce((high, point) => Math.max(high, of(point)), 0);
  const longest = (during: (point: Point) => boolean): number => {
    let [now, most] = [0, 0];
    for (const point of points) {
      now = during(point) ? now + stepS : 0;
      most = Math.max(most, now);
    }
    return most;
  };
  const replicaS = points.reduce((sum, { replicas }) => sum + replicas * stepS, 0);
  return {
    longestShortS: longest(({ needed, serving }) => needed > serving * (1 + tolerance)),
    longestLatencyMs: most(({ latencyS }) => latencyS) * 1_000,
    mostWaiting: most(({ waiting }) => waiting),
    fullest: most(({ fullest }) => fullest),
    outside: most(({ outside }) => outside),
    longestOutsideS: longest(({ outside }) => outside >= 1),
    instanceHours: replicaS / hourS,
    fixedHours: (most(({ replicas }) => replicas) * points.length * stepS) / hourS,
    turnsAnHour: turnsAnHour(points),
  };
}

function turnsAnHour(points: Point[]): number {
  const turns: number[] = [];
  let [before, direction] = [points[0]!.replicas, 0];
  for (const { second, replicas } of points) {
    const now = Math.sign(replicas - before);
    before = replicas;
    if (now === 0) continue;
    if (direction !== 0 && now !== direction) turns.push(second);
    direction = now;
  }
  return turns.reduce((most, from) => Math.max(most, turns.filter((at) => at >= from && at < from + hourS).length), 0);
}
