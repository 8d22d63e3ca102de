import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/rigs/process.ts';
import { startPrometheus } from '../test/rigs/prometheus.ts';
import { type SystemOptions, startSystem, type TestSystem } from '../test/rigs/system.ts';
import { TraceReceiver } from '../test/rigs/trace-receiver.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { LoadDevice, openDevices } from './load-device.ts';
import { costOfOff } from './overhead/off.ts';
import { Profiles } from './overhead/profile.ts';
import { cpuOf } from './processes.ts';

/**
 * What watching costs: `node bench/overhead.ts [--messages 8000] [--connections 500]` (Node 26). Single pushes to a system whose roles are
 * profiled: which part of their busy time metrics and tracing take, tracing off and of all. Then, without the profiler, how much CPU the
 * agents use beside what the roles use for the same pushes. (Whole systems compared with each other differ by more than
 * any of these from run to run.)
 */
const { values } = parseArgs({
  options: { messages: { type: 'string', default: '8000' }, connections: { type: 'string', default: '500' } },
});
const messages = Number(values.messages);
const connections = Number(values.connections);
const callers = 16;
/** What an agent does goes by the clock: two readings of its role. */
const idleMs = 30_000;
const settleMs = 10_000;

const off = costOfOff();
console.log(
  `tracing while it is off: ${off.recordNs.toFixed(1)} ns a span that isn't made; ${off.deliveryTimesNs.toFixed(0)} ns a delivery timed in cm`,
);
const receiver = await TraceReceiver.start();
for (const ratio of [0, 1]) {
  const profiles = new Profiles();
  const settings = [`traceRatio=${ratio}`, `traceUrl=${receiver.url}`];
  await withSystem({ settings }, profiles.nodeOptions, async (_system, push) => push());
  const { metrics, tracing } = profiles.read();
  console.log(
    `tracing of ${ratio * 100} %: metrics ${percent(metrics)}, tracing ${percent(tracing)} of the roles' busy time`,
  );
}
await receiver.stop();
const prometheus = await startPrometheus();
await withSystem({ remoteWrite: prometheus.remoteWriteUrl }, undefined, async (system, push) => {
  const { processes } = system.run();
  const agents = processes.filter(({ role }) => role === 'agent').map(({ pid }) => pid);
  const roles = processes.filter(({ metrics }) => metrics !== null).map(({ pid }) => pid);
  await sleep(settleMs);
  const idle = await cpuDuring(agents, () => sleep(idleMs));
  const begunMs = performance.now();
  const busy = await cpuDuring(roles, push);
  const seconds = (performance.now() - begunMs) / 1_000;
  const ofCore = idle / (idleMs / 1_000) / agents.length;
  console.log(
    `an agent: ${percent(ofCore)} of a core; all ${agents.length}: ${percent((ofCore * agents.length * seconds) / busy)} of the roles' CPU ` +
      `at ${(messages / seconds).toFixed(0)} messages a second (${((busy * 1e6) / messages).toFixed(0)} µs each)`,
  );
});
await prometheus.stop();

async function withSystem(
  options: SystemOptions,
  nodeOptions: string | undefined,
  work: (system: TestSystem, push: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const given = process.env['NODE_OPTIONS'];
  if (nodeOptions !== undefined) process.env['NODE_OPTIONS'] = nodeOptions;
  const system = await startSystem({ bus: 'redis', ...options }).finally(() => {
    if (given === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = given;
  });
  try {
    const { sdk, app } = system.run();
    const upstream = await Upstream.open(system.run());
    let arrived = 0;
    const devices = await openDevices(connections, () => LoadDevice.open(sdk, app, () => arrived++));
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < messages) {
        const { cid } = devices[next++ % devices.length]!.credentials;
        await upstream.push(cid, 'a message of some length, as they are: forty characters and more');
      }
    };
    await work(system, async () => {
      await Promise.all(Array.from({ length: callers }, caller));
      await waitFor('all have arrived', () => arrived >= messages, 60_000);
    });
    for (const device of devices) device.terminate();
  } finally {
    await system.stop();
  }
}

async function cpuDuring(pids: number[], work: () => Promise<void>): Promise<number> {
  const used = (): number => pids.reduce((sum, pid) => sum + (cpuOf(pid) ?? 0), 0);
  const before = used();
  await work();
  return used() - before;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
