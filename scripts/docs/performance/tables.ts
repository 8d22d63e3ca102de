import { withoutBrokerUs } from '../../../bench/push-cost/measure.ts';
import type {
  BroadcastResult,
  ConnectionsResult,
  FlatnessResult,
  PushResult,
  ScalingResult,
} from '../../../bench/result-file/schemas.ts';
import { busName, each, figure, table } from './figures.ts';
import { labelOf } from './processes.ts';

const ofPush = ['im', 'user-redis', 'user-mysql', 'mariadb', 'redis', 'cm'];
const ofLogin = ['cm', 'user-redis', 'user-mysql', 'mariadb', 'redis'];

/** @param versions whether rows say which Redis it was, where tables of several are put together. */
export function pushTable(all: PushResult[]): string {
  const versions = new Set(all.map(({ conditions }) => conditions.stores.redis)).size > 1;
  return table(
    [
      ...['', 'CPU of a message', `of it ${ofPush.map(labelOf).join(' / ')}`, '× the floor'],
      ...['accepted a second', 'delivery p50, p99'],
    ],
    all.flatMap((result) =>
      result.results.map(({ callers, longwire, ratio }) => {
        const { byProcess, acceptedPerS, p50Ms, p99Ms } = longwire;
        const broker = byProcess?.['kafka'];
        const what = [
          ...[busName(result.bus), versions ? result.conditions.stores.redis : ''],
          `${callers} caller${callers === 1 ? '' : 's'}${result.batch > 1 ? ` with batches of ${result.batch}` : ''}`,
          broker === undefined ? '' : `broker (${figure(broker)} µs) left out`,
        ];
        return [
          what.filter(Boolean).join(', '),
          ownCpu(longwire),
          each(byProcess, ofPush),
          `${figure(ratio, 1)}${result.batch > 1 ? ' of single requests' : ''}`,
          figure(acceptedPerS),
          p50Ms === null ? '' : `${figure(p50Ms)}, ${figure(p99Ms)} ms`,
        ];
      }),
    ),
  );
}

export function connectionsTable({ idle, arrivals }: ConnectionsResult): string {
  const coming = table(
    [
      '',
      'CPU of a device',
      `of it ${ofLogin.map(labelOf).join(' / ')}`,
      '× bare `ws`',
      'all there after',
      'tries again',
    ],
    arrivals.map(({ what, totalUs, byProcess, bareUs, seconds, retries }) => [
      ...[what, `${figure(totalUs)} µs`, each(byProcess, ofLogin)],
      bareUs === null ? figure(null) : `${figure(totalUs / bareUs, 1)} of ${figure(bareUs)} µs`,
      ...[seconds === null ? figure(null) : `${figure(seconds, 1)} s`, figure(retries)],
    ]),
  );
  if (idle === null) return coming;
  const row = (what: string, unit: string, key: 'heapBytes' | 'residentBytes' | 'pingUs'): string[] => {
    const [ours, least] = [idle.cm[key], idle.bare[key]];
    return [what, `${figure(ours)} ${unit}`, `${figure(least)} ${unit}`, figure(ours / least, 1)];
  };
  const staying = table(
    [`an idle connection, of ${figure(idle.count)}`, 'cm, logged in', 'bare `ws`', 'ratio'],
    [
      row('heap', 'bytes', 'heapBytes'),
      row('resident', 'bytes', 'residentBytes'),
      row('a ping and its answer', 'µs', 'pingUs'),
    ],
  );
  return `${coming}\n\n${staying}`;
}

export function broadcastTable({ bus, connected, results }: BroadcastResult): string {
  return table(
    [
      ...[
        `${busName(bus)}, ${figure(connected)} devices`,
        'CPU of a message and device',
        'of it cm',
        '× the raw writer',
      ],
      ...['user-mysql and MariaDB', '× one alone'],
    ],
    results.map(({ burst, acks, totalUs, byProcess, rawUs, ratio, toAlone }) => [
      `${burst === 1 ? 'one alone' : `${burst} at once`}, ${acks ? 'acknowledged' : 'no acks'}`,
      `${figure(totalUs, 1)} µs`,
      `${figure(byProcess['cm'], 1)} µs`,
      `${figure(ratio, 1)} of ${figure(rawUs, 1)} µs`,
      `${figure((byProcess['user-mysql'] ?? 0) + (byProcess['mariadb'] ?? 0), 1)} µs`,
      figure(toAlone, 2),
    ]),
  );
}

export function flatnessTable({ bus, callers, devices, results }: FlatnessResult): string {
  return table(
    [
      ...[
        `${busName(bus)}, ${callers} callers`,
        'rows in MySQL',
        'CPU of a message',
        `of it ${ofPush.map(labelOf).join(' / ')}`,
      ],
      ...['× the first', `routes and queues in Redis, ${devices} connected`],
    ],
    results.map(({ registered, rows, redisKeys, cost, ratio }) => [
      `${figure(registered)} registered`,
      figure(rows),
      ownCpu(cost),
      each(cost.byProcess, ofPush),
      figure(ratio, 2),
      `${figure(redisKeys['d'] ?? 0)}, ${figure(redisKeys['q'] ?? 0)}`,
    ]),
  );
}

export function scalingTable({ bus, callers, results }: ScalingResult): string {
  return table(
    [
      ...[`${busName(bus)}, ${callers} callers`, 'CPU of a message', `of it ${ofPush.map(labelOf).join(' / ')}`],
      ...['× with the first number', 'instance furthest from the mean'],
    ],
    results.map(({ role, instances, cost, ratio, unevenness }) => [
      `${instances} ${role}`,
      ...[ownCpu(cost), each(cost.byProcess, ofPush), figure(ratio, 2)],
      instances === 1 ? '' : `${figure(100 * unevenness)} %`,
    ]),
  );
}

function ownCpu({ totalUs, byProcess }: FlatnessResult['results'][number]['cost']): string {
  return totalUs === null ? figure(null) : `${figure(withoutBrokerUs({ totalUs, byProcess }))} µs`;
}
