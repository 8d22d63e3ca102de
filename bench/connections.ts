import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { startSystem } from '../test/rigs/system.ts';
import { arrive } from './connections/arrivals.ts';
import { type IdleCost, measureIdle } from './connections/idle.ts';
import { comeAndGo, comeBack, cutOff, type Round } from './connections/rounds.ts';
import { CpuMeter, middleOf, perUnit, sumOf } from './cpu-use.ts';
import { Holder } from './holders/holder.ts';
import { type Credentials, LoadDevice } from './load-device.ts';
import { ProcessWatch } from './processes.ts';
import { useRedisServer } from './redis-server.ts';
import { conditionsOf } from './result-file/conditions.ts';
import type { ConnectionsResult } from './result-file/schemas.ts';
import { writeResult } from './result-file/write.ts';

/**
 * What a device costs that comes, and one that stays: `node bench/connections.ts [--bus redis|kafka] [--count 3000] [--idle 8000] [--runs 3]
 * [--redis-server FILE] [--json FILE]` (Node 26). Beside each figure stands bare `ws` in the same run: one process that accepts as many
 * connections and holds them. Idle ones are measured in a process that has cm's device port alone, those that come in a whole
 * system: they register and log in, 50 at once; log in, 50 at once; and all that are connected are cut off and come back at once. Prints
 * medians of the runs; CPU times are of all processes of the system, the clients' own isn't counted, and what the system uses at
 * rest is taken off.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    count: { type: 'string', default: '3000' },
    idle: { type: 'string', default: '8000' },
    runs: { type: 'string', default: '3' },
    'redis-server': { type: 'string' },
    json: { type: 'string' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const count = Number(values.count);
const idleCount = Number(values.idle);
const runs = Number(values.runs);
const atOnce = 50;
/** Until what follows a login is done: receipts wait for a second on either side. */
const settleMs = 4_000;
const bareSettleMs = 500;
const restSeconds = 10;
/** Limits of an app would measure themselves. */
const settings = [
  'cm.appRegistrationBurst=1000000',
  'cm.appLoginBurst=1000000',
  `cm.maxConnections=${2 * count + 1_000}`,
];

type Arrival = ConnectionsResult['arrivals'][number];
type What = Arrival['what'];
type Idle = NonNullable<ConnectionsResult['idle']>;

useRedisServer(values['redis-server']);
const idle: Idle = { count: idleCount, cm: await idleOf('cm'), bare: await idleOf('bare') };
printIdle();

const system = await startSystem({ bus, settings });
const watch = new ProcessWatch(system);
const bare = await Holder.start('bare');
try {
  const conditions = await conditionsOf(system);
  const { sdk, app } = system.run();
  const known: Credentials[] = [];
  const register = async (): Promise<LoadDevice> => {
    const device = await LoadDevice.open(sdk, app, () => {});
    known.push(device.credentials);
    return device;
  };
  const logIn = (index: number): Promise<LoadDevice> =>
    LoadDevice.open(sdk, app, () => {}, { credentials: known[index]! });
  const openBare = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${bare.port}`, { perMessageDeflate: false });
    await once(socket, 'open');
    return socket;
  };
  const meter = new CpuMeter(watch, settleMs);
  const bareMeter = new CpuMeter({ cpuSeconds: () => new Map([['bare', bare.cpuUs() / 1e6]]) }, bareSettleMs);
  const least = { meter: bareMeter, count, open: openBare };

  for (const open of [register, openBare]) cutOff((await arrive(Math.min(count, 500), atOnce, open)).connections);
  await meter.settled();
  await meter.readRest(restSeconds);

  const found = new Map<What, { ours: Round; bare: Round }[]>();
  const note = (what: What, ours: Round, least: Round): void => {
    found.set(what, [...(found.get(what) ?? []), { ours, bare: least }]);
  };
  for (let run = 0; run < runs; run++) {
    known.length = 0;
    // One after the other, so that a slow minute of the machine is no difference between them.
    const registering = { meter, count, open: register };
    const coming = { meter, count, open: logIn };
    note('register and log in', await comeAndGo(registering, atOnce), await comeAndGo(least, atOnce));
    note('log in', await comeAndGo(coming, atOnce), await comeAndGo(least, atOnce));
    note('all come back at once', await comeBack(coming, atOnce), await comeBack(least, atOnce));
  }
  const arrivals = [...found].map(([what, all]) => medianOf(what, all));
  for (const arrival of arrivals) printArrival(arrival);
  writeResult(values.json, { kind: 'connections', conditions, bus, count, runs, idle, arrivals });
} finally {
  bare.stop();
  watch.stop();
  await system.stop();
}
process.exit();

/** Of each figure the median by itself: they differ for reasons of their own. */
async function idleOf(kind: 'cm' | 'bare'): Promise<IdleCost> {
  const all: IdleCost[] = [];
  for (let run = 0; run < runs; run++) all.push(await measureIdle(kind, idleCount));
  const median = (key: keyof IdleCost): number => middleOf(all, (cost) => cost[key])[key];
  return { heapBytes: median('heapBytes'), residentBytes: median('residentBytes'), pingUs: median('pingUs') };
}

function medianOf(what: What, all: { ours: Round; bare: Round }[]): Arrival {
  const totalOf = ({ use }: Round): number => sumOf(perUnit(use, count));
  const { use, seconds, retries } = middleOf(all, ({ ours }) => totalOf(ours)).ours;
  const bareUs = totalOf(middleOf(all, (one) => totalOf(one.bare)).bare);
  const byProcess = perUnit(use, count);
  return { what, totalUs: sumOf(byProcess), byProcess, bareUs, seconds, retries };
}

function printIdle(): void {
  const line = (name: string, unit: string, key: keyof IdleCost): string =>
    `${name} ${idle.cm[key].toFixed(0)} ${unit} (bare ${idle.bare[key].toFixed(0)}: ${(idle.cm[key] / idle.bare[key]).toFixed(1)} ×)`;
  console.log(
    `${idleCount} idle connections, of each: ${line('heap', 'bytes', 'heapBytes')}, ${line('resident', 'bytes', 'residentBytes')}, ` +
      line('a ping and its answer', 'µs', 'pingUs'),
  );
}

function printArrival({ what, totalUs, byProcess, bareUs, seconds, retries }: Arrival): void {
  const parts = Object.entries(byProcess).map(([process, us]) => `${process} ${us.toFixed(0)}`);
  console.log(
    `${what}: ${totalUs.toFixed(0)} µs a device (${parts.join(', ')}), bare ${bareUs?.toFixed(0)}: ${(totalUs / (bareUs ?? 0)).toFixed(1)} ×; ` +
      `${seconds?.toFixed(1)} s, ${retries} tries again`,
  );
}
