import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/rigs/process.ts';
import { storedIn } from './flatness/stored.ts';
import { openLongwire } from './push-cost/longwire.ts';
import { type Cost, measure, medianOf, withoutBrokerUs } from './push-cost/measure.ts';
import { useRedisServer } from './redis-server.ts';
import { conditionsOf } from './result-file/conditions.ts';
import type { FlatnessResult } from './result-file/schemas.ts';
import { writeResult } from './result-file/write.ts';
import { addDevices } from './rows.ts';

/**
 * Whether a push costs more the more devices are registered: `node bench/flatness.ts [--bus redis|kafka] [--sizes 10000,100000,1000000]
 * [--callers 64] [--messages 4000] [--devices 300] [--runs 3] [--redis-server FILE] [--json FILE]` (Node 26). Pushes to the devices that
 * are connected, as bench/push-cost.ts does; the others have registered and never come, their rows are made directly in MySQL. Prints
 * for each size the rows, what Redis keeps, the median cost, and its ratio to the first size (Kafka's broker left out).
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    sizes: { type: 'string', default: '10000,100000,1000000' },
    callers: { type: 'string', default: '64' },
    messages: { type: 'string', default: '4000' },
    devices: { type: 'string', default: '300' },
    runs: { type: 'string', default: '3' },
    'redis-server': { type: 'string' },
    json: { type: 'string' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const sizes = values.sizes.split(',').map(Number);
const callers = Number(values.callers);
const messages = Number(values.messages);
const devices = Number(values.devices);
const runs = Number(values.runs);
const load = { callers, messages, batch: 1, text: 'x'.repeat(100) };
/** Code gets faster with use for so long: without them the first size would be the dearest. */
const warmUpMessages = 12_000;
/** Rows that are made at once: their cids are in memory meanwhile. */
const rowsAtOnce = 100_000;
/** Until MariaDB has written what rows have left to do. */
const settleMs = 5_000;

type Row = FlatnessResult['results'][number];

useRedisServer(values['redis-server']);
const target = await openLongwire(bus, devices);
try {
  const conditions = await conditionsOf(target.system);
  await measureIdle({ ...load, messages: warmUpMessages });
  const results: Row[] = [];
  let firstUs: number | undefined;
  let registered = devices;
  for (const size of sizes) {
    for (; registered < size; registered += Math.min(rowsAtOnce, size - registered)) {
      await addDevices(target.system, Math.min(rowsAtOnce, size - registered));
    }
    await sleep(settleMs);
    const costs: Cost[] = [];
    for (let run = 0; run < runs; run++) costs.push(await measureIdle(load));
    const cost = medianOf(costs);
    firstUs ??= withoutBrokerUs(cost);
    const ratio = withoutBrokerUs(cost) / firstUs;
    const row = { registered: size, ...(await storedIn(target.system)), cost, ratio };
    results.push(row);
    print(row);
  }
  writeResult(values.json, { kind: 'flatness', conditions, bus, callers, messages, devices, runs, results });
} finally {
  await target.stop();
}

async function measureIdle(what: typeof load): Promise<Cost> {
  const cost = await measure(target, what);
  await waitFor('the system is at rest', () => target.atRest(), 60_000, 100);
  return cost;
}

function print({ registered, rows, redisKeys, redisMib, cost, ratio }: Row): void {
  const parts = Object.entries(cost.byProcess ?? {}).map(([process, us]) => `${process} ${us.toFixed(0)}`);
  const keys = Object.entries(redisKeys).map(([kind, count]) => `${kind} ${count}`);
  console.log(
    `${registered} registered (${rows} rows): ${cost.totalUs?.toFixed(0)} µs a message (${parts.join(', ')}), ${ratio.toFixed(2)} × the first; ` +
      `Redis ${redisMib.toFixed(0)} MiB, keys by kind: ${keys.join(', ')}`,
  );
}
