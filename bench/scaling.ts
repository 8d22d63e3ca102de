import { parseArgs } from 'node:util';
import type { Role } from '../scripts/up/args.ts';
import { waitFor } from '../test/rigs/process.ts';
import { cpuOf } from './processes.ts';
import { type LongwireTarget, openLongwire } from './push-cost/longwire.ts';
import { type Cost, measure, medianOf, withoutBrokerUs } from './push-cost/measure.ts';
import { conditionsOf } from './result-file/conditions.ts';
import type { ScalingResult } from './result-file/schemas.ts';
import { writeResult } from './result-file/write.ts';

/**
 * Whether a role scales: `node bench/scaling.ts [--bus redis|kafka] [--roles im,user-redis,user-mysql,cm] [--instances 1,2,4] [--callers 64]
 * [--messages 6000] [--devices 300] [--runs 3] [--json FILE]` (Node 26). The same pushes to systems with so many instances of one role, all on
 * this machine: more instances make nothing faster here, but their work may cost more in all, and be shared unevenly. Prints the median
 * cost of a message to that with the first number, and how far the instance furthest from the mean is from it, by CPU time.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    roles: { type: 'string', default: 'im,user-redis,user-mysql,cm' },
    instances: { type: 'string', default: '1,2,4' },
    callers: { type: 'string', default: '64' },
    messages: { type: 'string', default: '6000' },
    devices: { type: 'string', default: '300' },
    runs: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const roles = values.roles.split(',') as Role[];
const counts = values.instances.split(',').map(Number);
const callers = Number(values.callers);
const messages = Number(values.messages);
const devices = Number(values.devices);
const runs = Number(values.runs);
const load = { callers, messages, batch: 1, text: 'x'.repeat(100) };
/** Of each instance: code gets faster with use for so long. */
const warmUpMessages = 30_000;

type Row = ScalingResult['results'][number];

const results: Row[] = [];
let conditions: ScalingResult['conditions'] | undefined;
for (const role of roles) {
  let firstUs: number | undefined;
  for (const instances of counts) {
    const target = await openLongwire(bus, devices, { [role]: instances });
    try {
      conditions ??= await conditionsOf(target.system);
      await measureIdle(target, { ...load, messages: warmUpMessages * instances });
      const before = usedBy(target, role);
      const costs: Cost[] = [];
      for (let run = 0; run < runs; run++) costs.push(await measureIdle(target, load));
      const used = usedBy(target, role).map((seconds, index) => seconds - before[index]!);
      const cost = medianOf(costs);
      firstUs ??= withoutBrokerUs(cost);
      const row = { role, instances, cost, ratio: withoutBrokerUs(cost) / firstUs, unevenness: unevennessOf(used) };
      results.push(row);
      print(row);
    } finally {
      await target.stop();
    }
  }
}
if (conditions)
  writeResult(values.json, { kind: 'scaling', conditions, bus, callers, messages, devices, runs, results });

async function measureIdle(target: LongwireTarget, what: typeof load): Promise<Cost> {
  const cost = await measure(target, what);
  await waitFor('the system is at rest', () => target.atRest(), 60_000, 100);
  return cost;
}

/** CPU time of each instance, seconds. */
function usedBy(target: LongwireTarget, role: Role): number[] {
  return (target.pids()[role] ?? []).map((pid) => cpuOf(pid) ?? 0);
}

/** How far the value furthest from the mean is from it, as a share of it. */
function unevennessOf(used: number[]): number {
  const mean = used.reduce((sum, seconds) => sum + seconds, 0) / used.length;
  return Math.max(...used.map((seconds) => Math.abs(seconds - mean) / mean));
}

function print({ role, instances, cost, ratio, unevenness }: Row): void {
  const parts = Object.entries(cost.byProcess ?? {}).map(([process, us]) => `${process} ${us.toFixed(0)}`);
  console.log(
    `${instances} ${role}: ${cost.totalUs?.toFixed(0)} µs a message (${parts.join(', ')}), ${ratio.toFixed(2)} × the first, ` +
      `shared within ${(100 * unevenness).toFixed(0)} % of the mean`,
  );
}
