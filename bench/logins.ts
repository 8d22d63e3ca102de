import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSystem } from '../test/rigs/system.ts';
import { type Credentials, LoadDevice, openDevices } from './load-device.ts';
import { ProcessWatch } from './processes.ts';

/**
 * What it costs that a device comes: `node bench/logins.ts [--bus redis|kafka] [--count 3000] [--runs 3]` (Node 26). Devices register and log
 * in, 50 at once; then, run after run, all are cut off and come back. Prints the CPU time of all processes of the system for each, medians of
 * the runs, less what the system uses at rest in as long a time. The devices' own process isn't counted.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    count: { type: 'string', default: '3000' },
    runs: { type: 'string', default: '3' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const count = Number(values.count);
const runs = Number(values.runs);
/** Until what follows a login is done: receipts wait for a second on either side. */
const settleMs = 4_000;

type Usage = Map<string, number>;

const system = await startSystem({ bus });
const watch = new ProcessWatch(system);
try {
  const { sdk, app } = system.run();
  const open = (credentials?: Credentials): Promise<LoadDevice> =>
    LoadDevice.open(sdk, app, () => {}, credentials ? { credentials } : undefined);
  const warm = await openDevices(Math.min(count, 500), () => open());
  for (const device of warm) device.terminate();
  await sleep(settleMs);
  const atRest = await during(() => sleep(settleMs), new Map());

  const made: Credentials[] = [];
  const registered: Usage[] = [];
  for (let run = 0; run < runs; run++) {
    registered.push(
      await during(async () => {
        const devices = await openDevices(count, () => open());
        made.push(...devices.map(({ credentials }) => credentials));
        for (const device of devices) device.terminate();
      }, atRest),
    );
  }
  const came: Usage[] = [];
  for (let run = 0; run < runs; run++) {
    const credentials = made.slice(run * count, (run + 1) * count);
    came.push(
      await during(async () => {
        const devices = await openDevices(count, () => open(credentials.pop()));
        for (const device of devices) device.terminate();
      }, atRest),
    );
  }
  print('register and log in', registered);
  print('log in', came);
} finally {
  watch.stop();
  await system.stop();
}

/** CPU time that each process uses while something is done and settles, µs, less that of a system at rest. */
async function during(work: () => Promise<unknown>, atRest: Usage): Promise<Usage> {
  const before = watch.cpuSeconds();
  const begunMs = performance.now();
  await work();
  await sleep(atRest.size === 0 ? 0 : settleMs);
  const seconds = (performance.now() - begunMs) / 1_000;
  const used = [...watch.cpuSeconds()].map(([instance, cpu]): [string, number] => {
    const us = (cpu - (before.get(instance) ?? 0)) * 1e6;
    return [instance, us - ((atRest.get(instance) ?? 0) * seconds * 1_000) / settleMs];
  });
  return new Map(used);
}

function print(what: string, usages: Usage[]): void {
  const totalOf = (usage: Usage): number => [...usage.values()].reduce((sum, us) => sum + us, 0);
  const middle = usages.toSorted((a, b) => totalOf(a) - totalOf(b))[Math.floor(usages.length / 2)]!;
  const parts = [...middle].map(([instance, us]) => `${instance} ${(us / count).toFixed(0)}`);
  console.log(`${what}: ${(totalOf(middle) / count).toFixed(0)} µs a device (${parts.join(', ')})`);
}
