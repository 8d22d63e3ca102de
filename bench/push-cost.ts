import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/rigs/process.ts';
import { BareTarget } from './push-cost/bare-target.ts';
import { startFloor } from './push-cost/floor-process.ts';
import { startHops } from './push-cost/hops-process.ts';
import { openLongwire } from './push-cost/longwire.ts';
import { type Cost, measure, medianOf, type Target, withoutBrokerUs } from './push-cost/measure.ts';
import { useRedisServer } from './redis-server.ts';
import { conditionsOf } from './result-file/conditions.ts';
import { writeResult } from './result-file/write.ts';

/**
 * What a push costs, in CPU time of all processes of the system from the HTTP request to the counted receipt: `node bench/push-cost.ts
 * [--bus redis|kafka] [--callers 1,8,64] [--batch 1] [--messages 4000] [--devices 300] [--runs 3] [--warm-up 1000] [--hops]
 * [--redis-server FILE] [--json FILE]` (Node 26). Beside it, in the same run, the floor: one process that accepts over HTTP, stores in
 * Redis with the append-only file written before it answers, sends, and trims at the ack. The floor takes one push a request also where
 * batches are measured. With `--hops` also the least that a push costs in as many processes as Longwire has (`push-cost/hops.ts`). Prints medians, their ratio (Kafka's broker left out), and what a message costs in internal calls, Redis
 * commands and SQL statements. The load's own process (callers and devices) isn't counted. `--redis-server` takes another Redis or
 * Valkey than the one on the PATH, for Longwire and the floor.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    callers: { type: 'string', default: '1,8,64' },
    batch: { type: 'string', default: '1' },
    messages: { type: 'string', default: '4000' },
    devices: { type: 'string', default: '300' },
    runs: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '1000' },
    hops: { type: 'boolean', default: false },
    'redis-server': { type: 'string' },
    json: { type: 'string' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const callerCounts = values.callers.split(',').map(Number);
const messages = Number(values.messages);
const batch = Number(values.batch);
const devices = Number(values.devices);
const runs = Number(values.runs);
/** Messages before the first that are measured: code gets faster with use. */
const warmUp = Number(values['warm-up']);
/** As a transmission of the everyday: 100 bytes. */
const text = 'x'.repeat(100);

useRedisServer(values['redis-server']);
const folder = mkdtempSync(join(tmpdir(), 'longwire-push-cost-'));
const floor = await BareTarget.open(await startFloor(join(folder, 'floor')), devices);
const hops = values.hops ? await BareTarget.open(await startHops(join(folder, 'hops')), devices) : undefined;
const longwire = await openLongwire(bus, devices);
const targets = { longwire, floor, ...(hops ? { hops } : {}) };
const conditions = await conditionsOf(longwire.system);
const results: { callers: number; longwire: Cost; floor: Cost; hops?: Cost; ratio: number }[] = [];
try {
  for (const target of Object.values(targets)) await measure(target, { callers: 16, messages: warmUp, batch: 1, text });
  for (const callers of callerCounts) {
    const found: Record<string, Cost[]> = {};
    for (let run = 0; run < runs; run++) {
      // One after the other, so that a slow minute of the machine is no difference between them.
      for (const [name, target] of Object.entries(targets)) {
        found[name] = [...(found[name] ?? []), await measureIdle(target, callers)];
      }
    }
    const costs = Object.fromEntries(Object.entries(found).map(([name, all]) => [name, medianOf(all)]));
    const { longwire: ours, floor: least } = costs as { longwire: Cost; floor: Cost };
    const ratio = withoutBrokerUs(ours) / least.totalUs;
    const result = { callers, longwire: ours, floor: least, ...(costs['hops'] ? { hops: costs['hops'] } : {}), ratio };
    results.push(result);
    print(result);
  }
} finally {
  for (const target of Object.values(targets)) await target.stop();
  rmSync(folder, { recursive: true, force: true });
}
writeResult(values.json, { kind: 'push', conditions, bus, batch, messages, devices, runs, results });

/** With few callers fewer messages say as much. */
async function measureIdle(target: Target, callers: number): Promise<Cost> {
  const fewer = callers < 8 && batch === 1 ? Math.ceil(messages / 4) : messages;
  const cost = await measure(target, { callers, messages: fewer, batch, text });
  await waitFor('the target is at rest', () => target.atRest(), 60_000, 100);
  return cost;
}

function print({ callers, longwire: ours, floor: least, hops: inHops, ratio }: (typeof results)[number]): void {
  const line = (name: string, { totalUs, acceptedPerS, p50Ms, p99Ms, byProcess, counts }: Cost): string => {
    const parts = Object.entries(byProcess).map(([process, us]) => `${process} ${us.toFixed(0)}`);
    const counted = Object.entries(counts).map(([what, count]) => `${what} ${count.toFixed(1)}`);
    return (
      `${name.padEnd(8)} ${totalUs.toFixed(0)} µs a message (${parts.join(', ')}), ${acceptedPerS.toFixed(0)} a second, ` +
      `delivery p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms${counted.length > 0 ? `; a message: ${counted.join(', ')}` : ''}`
    );
  };
  console.log(
    `${callers} callers${batch > 1 ? `, batches of ${batch}` : ''}, ${bus} bus, ${conditions.stores.redis}: ${ratio.toFixed(1)} × the floor`,
  );
  console.log(line('longwire', ours));
  console.log(line('floor', least));
  if (inHops) console.log(`${line('hops', inHops)}; ${(inHops.totalUs / least.totalUs).toFixed(1)} × the floor`);
}
