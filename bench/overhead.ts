import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/rigs/process.ts';
import { startPrometheus } from '../test/rigs/prometheus.ts';
import { type SystemOptions, startSystem, type TestSystem } from '../test/rigs/system.ts';
import { TraceReceiver } from '../test/rigs/trace-receiver.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { LoadDevice, openDevices } from './load-device.ts';
import { costOfOff } from './overhead/off.ts';
import { cpuOf } from './processes.ts';

/**
 * What watching costs: `node bench/overhead.ts [--messages 6000] [--connections 1000] [--rounds 3]` (Node 26). The same load on systems
 * that differ in one thing, in turns: CPU of all roles for each message, and for each idle connection and second, as ratios to
 * the system without metrics, tracing and agents.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '6000' },
    connections: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true },
  },
});
const messages = Number(values.messages);
const connections = Number(values.connections);
const callers = 16;
const idleMs = 20_000;

interface Variant {
  name: string;
  options: SystemOptions;
  withoutMetrics?: boolean;
}

interface Cost {
  perMessageUs: number;
  perConnectionUs: number;
}

const off = costOfOff();
console.log(
  `tracing while it is off: ${off.recordNs.toFixed(1)} ns a span that isn't made, ${off.deliveryTimesNs.toFixed(0)} ns a delivery in cm`,
);
const receiver = await TraceReceiver.start();
const prometheus = await startPrometheus();
const traced = (ratio: number): SystemOptions => ({ settings: [`traceRatio=${ratio}`, `traceUrl=${receiver.url}`] });
const all: Variant[] = [
  { name: 'without metrics', options: {}, withoutMetrics: true },
  { name: 'metrics', options: {} },
  { name: 'metrics and agents', options: { remoteWrite: prometheus.remoteWriteUrl } },
  { name: 'metrics, tracing of 1 %', options: traced(0.01) },
  { name: 'metrics, tracing of all', options: traced(1) },
];
const variants = all.filter(({ name }) => !values.only || values.only.includes(name));
const costs = new Map<string, Cost[]>(variants.map(({ name }) => [name, []]));
for (let round = 1; round <= Number(values.rounds); round++) {
  // In another order each time, so that what the machine does besides falls on none of them alone.
  for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
    const cost = await costOf(variant);
    costs.get(variant.name)!.push(cost);
    console.log(
      `${round} ${variant.name}: ${cost.perMessageUs.toFixed(0)} µs a message, ${cost.perConnectionUs.toFixed(1)} µs a connection and second`,
    );
    receiver.spans.length = 0;
  }
}
await receiver.stop();
await prometheus.stop();

const base = medianOf(variants[0]!.name);
console.log(`\nmedians, and ratios to "${variants[0]!.name}"`);
for (const { name } of variants) {
  const { perMessageUs, perConnectionUs } = medianOf(name);
  const [message, connection] = [perMessageUs / base.perMessageUs, perConnectionUs / base.perConnectionUs];
  console.log(
    `${name}: ${perMessageUs.toFixed(0)} µs (${message.toFixed(3)}), ${perConnectionUs.toFixed(1)} µs (${connection.toFixed(3)})`,
  );
}

async function costOf({ options, withoutMetrics }: Variant): Promise<Cost> {
  const before = process.env['NODE_OPTIONS'];
  if (withoutMetrics) process.env['NODE_OPTIONS'] = `--require ${join(import.meta.dirname, 'overhead/no-metrics.cjs')}`;
  const system = await startSystem({ bus: 'redis', ...options }).finally(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  });
  try {
    const { sdk, app } = system.run();
    const upstream = await Upstream.open(system.run());
    let arrived = 0;
    const devices = await openDevices(connections, () => LoadDevice.open(sdk, app, () => arrived++));
    const push = async (from: number, count: number): Promise<void> => {
      let next = from;
      const caller = async (): Promise<void> => {
        while (next < from + count) {
          const { cid } = devices[next++ % devices.length]!.credentials;
          await upstream.push(cid, 'a message of some length, as they are: forty characters and more');
        }
      };
      const wanted = arrived + count;
      await Promise.all(Array.from({ length: callers }, caller));
      await waitFor('all have arrived', () => arrived >= wanted, 60_000);
    };
    // Code becomes fast first.
    await push(0, Math.ceil(messages / 3));
    await sleep(3_000);
    const idle = await cpuDuring(system, () => sleep(idleMs));
    const busyMs = performance.now();
    const busy = await cpuDuring(system, () => push(0, messages));
    const busySeconds = (performance.now() - busyMs) / 1_000;
    for (const device of devices) device.terminate();
    const idlePerSecond = idle / (idleMs / 1_000);
    return {
      perMessageUs: ((busy - idlePerSecond * busySeconds) * 1_000) / messages,
      perConnectionUs: (idlePerSecond * 1_000) / connections,
    };
  } finally {
    await system.stop();
  }
}

/** CPU of the roles and of what runs beside them while the work is done, ms; that of stores and of the load is not in it. */
async function cpuDuring(system: TestSystem, work: () => Promise<void>): Promise<number> {
  const pids = system
    .run()
    .processes.filter(({ role, metrics }) => role === 'agent' || metrics !== null)
    .map(({ pid }) => pid);
  const sum = (): number => pids.reduce((total, pid) => total + (cpuOf(pid) ?? 0) * 1_000, 0);
  const before = sum();
  await work();
  return sum() - before;
}

function medianOf(name: string): Cost {
  const of = (figure: keyof Cost): number => {
    const sorted = costs
      .get(name)!
      .map((cost) => cost[figure])
      .sort((left, right) => left - right);
    return sorted[Math.floor(sorted.length / 2)]!;
  };
  return { perMessageUs: of('perMessageUs'), perConnectionUs: of('perConnectionUs') };
}
