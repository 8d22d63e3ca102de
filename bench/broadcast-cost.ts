import { parseArgs } from 'node:util';
import { startSystem } from '../test/rigs/system.ts';
import { Broadcasts } from './broadcast-cost/broadcasts.ts';
import { RawWriter } from './broadcast-cost/raw-writer.ts';
import { CpuMeter, middleOf, sumOf } from './cpu-use.ts';
import { ProcessWatch } from './processes.ts';
import { useRedisServer } from './redis-server.ts';
import { conditionsOf } from './result-file/conditions.ts';
import type { BroadcastResult } from './result-file/schemas.ts';
import { writeResult } from './result-file/write.ts';

/**
 * What a broadcast costs for each device: `node bench/broadcast-cost.ts [--bus redis|kafka] [--connected 5000] [--messages 20] [--burst 10]
 * [--runs 3] [--redis-server FILE] [--json FILE]` (Node 26). One cm; broadcasts one after another and in bursts, to devices that
 * acknowledge and to the same devices when they don't. Beside each, in the same run, a raw writer: one process that writes the same frame
 * to as many bare `ws` connections, whose clients send as much back where devices acknowledge. Prints medians of the runs: CPU time
 * of one message to one device by process, cm's to the raw writer's, and bursts to one broadcast alone. The clients' own process isn't
 * counted; what the system uses at rest is taken off.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    connected: { type: 'string', default: '5000' },
    messages: { type: 'string', default: '20' },
    burst: { type: 'string', default: '10' },
    runs: { type: 'string', default: '3' },
    'redis-server': { type: 'string' },
    json: { type: 'string' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const connected = Number(values.connected);
const burst = Number(values.burst);
const runs = Number(values.runs);
/** As many whole bursts as they make. */
const messages = Math.ceil(Number(values.messages) / burst) * burst;
/** Until receipts, which wait for others, are counted. */
const settleMs = 4_000;
const restSeconds = 10;

interface Found {
  byProcess: Record<string, number>;
  rawUs: number;
}
type Row = BroadcastResult['results'][number];

useRedisServer(values['redis-server']);
const settings = ['cm.appRegistrationBurst=1000000', `cm.maxConnections=${connected + 1_000}`];
const system = await startSystem({ bus, settings });
const watch = new ProcessWatch(system);
try {
  const conditions = await conditionsOf(system);
  const broadcasts = await Broadcasts.open(system, connected);
  const raw = await RawWriter.start(connected);
  const meter = new CpuMeter(watch, settleMs);
  await broadcasts.acknowledgeAll();
  await meter.readRest(restSeconds);
  const kinds = [false, true].flatMap((acks) => [1, burst].map((size) => ({ acks, burst: size })));
  const found = kinds.map((): Found[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, kind] of kinds.entries()) {
      const load = { ...kind, bursts: messages / kind.burst };
      const byProcess = await broadcasts.cost(meter, load);
      // What wasn't acknowledged must not be counted with what comes next.
      if (!kind.acks) await broadcasts.acknowledgeAll();
      found[index]!.push({ byProcess, rawUs: await raw.write(broadcasts.frame, load) });
    }
  }
  const medians = found.map(medianOf);
  const results = kinds.map((kind, index): Row => {
    const { byProcess, rawUs } = medians[index]!;
    const alone = medians[kinds.findIndex((one) => one.acks === kind.acks)]!;
    const totalUs = sumOf(byProcess);
    const [ratio, toAlone] = [byProcess['cm']! / rawUs, totalUs / sumOf(alone.byProcess)];
    return { ...kind, totalUs, byProcess, rawUs, ratio, toAlone };
  });
  for (const row of results) print(row);
  writeResult(values.json, { kind: 'broadcast', conditions, bus, connected, messages, runs, results });
  raw.stop();
  await broadcasts.stop();
} finally {
  watch.stop();
  await system.stop();
}
process.exit();

/** The run whose total is the middle one, and the middle of the raw writer's. */
function medianOf(all: Found[]): Found {
  const { byProcess } = middleOf(all, (one) => sumOf(one.byProcess));
  return { byProcess, rawUs: middleOf(all, ({ rawUs }) => rawUs).rawUs };
}

function print({ burst: size, acks, totalUs, byProcess, rawUs, ratio, toAlone }: Row): void {
  const parts = Object.entries(byProcess).map(([process, us]) => `${process} ${us.toFixed(1)}`);
  const counting = (byProcess['user-mysql'] ?? 0) + (byProcess['mariadb'] ?? 0);
  console.log(
    `${size} at once, ${acks ? 'acknowledged' : 'no acks'}: ${totalUs.toFixed(1)} µs a message and device (${parts.join(', ')}); ` +
      `cm ${ratio.toFixed(1)} × the raw writer's ${rawUs.toFixed(1)}; user-mysql and its database ${counting.toFixed(1)}; ` +
      `${toAlone.toFixed(2)} × one alone`,
  );
}
