import { expect, test } from 'vitest';
import type { History, Overview } from '../../api/types.ts';
import { addPoint, pointsOf } from './hour-points.ts';

const history: History = {
  stepS: 5,
  from: 1_000_000_000,
  series: { connections: [1, null, 3], busLag: [0, 0] },
  source: 'own',
  prometheusAway: false,
};

function overviewAt(at: number): Overview {
  return {
    at,
    roles: [],
    unread: 0,
    rates: { connections: 9, loginsPerS: 0, callsPerS: 0, acceptedPerS: 1, deliveredPerS: 2, ackedPerS: 3 },
    latency: {
      ...{ acceptP50Ms: 1, acceptP99Ms: 2, deliveryP50Ms: null, deliveryP99Ms: null },
      ...{ ackP50Ms: null, ackP99Ms: null },
    },
    busLag: [
      { group: 'router', topic: 'route', records: 4 },
      { group: 'planner', topic: 'task', records: 3 },
    ],
    replaying: 0,
  };
}

test('every series has a value for each time; what is not answered is not known', () => {
  const { times, series } = pointsOf(history);
  expect(times).toEqual([1_000_000, 1_000_005, 1_000_010]);
  expect(series.connections).toEqual([1, null, 3]);
  expect(series.busLag).toEqual([0, 0, null]);
  expect(series.ackedPerS).toEqual([null, null, null]);
});

test('a new state adds one point, the lag of all groups together; the same state again adds none', () => {
  const now = overviewAt(1_000_012_000);
  const once = addPoint(pointsOf(history), now);
  expect(once.times.at(-1)).toBe(1_000_012);
  expect(once.series.busLag.at(-1)).toBe(7);
  expect(addPoint(once, now)).toBe(once);
});

test('what is older than an hour goes', () => {
  const late = addPoint(pointsOf(history), overviewAt(1_003_606_000));
  expect(late.times).toEqual([1_000_010, 1_003_606]);
  expect(late.series.connections).toEqual([3, 9]);
});

test('without any history the first state is the first point', () => {
  const only = addPoint(pointsOf({ ...history, series: {} }), overviewAt(5_000));
  expect(only.times).toEqual([5]);
});
