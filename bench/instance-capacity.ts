import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMetricsText, sumOf } from '../scaling/core/metrics-text.ts';
import { waitFor } from '../test/rigs/process.ts';
import { startSystem } from '../test/rigs/system.ts';
import { Upstream } from '../test/rigs/upstream.ts';
import { LoadDevice, openDevices } from './load-device.ts';
import { ProcessWatch } from './processes.ts';

/**
 * What one instance of each role can do, from the CPU time that a unit of its work takes: `node bench/instance-capacity.ts
 * [--bus kafka|redis] [--seconds 20] [--at-once 48]` (Node 26). A role has one thread, so a second of it holds one second of CPU: CPU time,
 * unlike time on the clock, is little touched by what else the machine does. Prints, for each kind of load, units a second,
 * CPU time a unit, what a whole thread would do, and the mean time of a call. `scaling/roles.ts` has its targets from here.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '20' },
    'at-once': { type: 'string', default: '48' },
  },
});
const seconds = Number(values.seconds);
const connected = 200;
const atOnce = Number(values['at-once']);
const settleMs = 3_000;

// Limits of an app would measure themselves.
const settings = ['cm.appLoginsPerSecond=1000000', 'cm.appLoginBurst=1000000'];
const system = await startSystem({ bus: values.bus === 'kafka' ? 'kafka' : 'redis', settings });
const watch = new ProcessWatch(system);
try {
  const { sdk, app } = system.run();
  const upstream = await Upstream.open(system.run());
  let arrived = 0;
  const open = (known?: Parameters<typeof LoadDevice.open>[3]): Promise<LoadDevice> =>
    LoadDevice.open(sdk, app, () => void arrived++, known);
  const devices = await openDevices(connected, () => open());
  const cidOf = (number: number): string => devices[number % connected]!.credentials.cid;

  await sleep(settleMs);
  const idle = await during(() => sleep(seconds * 1_000));

  const pushes = await during(() =>
    repeat(async (number) => {
      await upstream.push(cidOf(number), `capacity ${number}`);
    }),
  );
  await waitFor('all pushes arrive', () => arrived >= pushes.done, 60_000);

  const aliases = await during(() =>
    repeat(async (number) => {
      await upstream.call('GET', `/user/alias/cid/${cidOf(number)}`);
    }),
  );

  const logins = await during(() =>
    repeat(async (number) => {
      const device = devices[number % connected]!;
      (await open({ credentials: device.credentials })).terminate();
    }),
  );

  const busy = (load: Load, role: string): number => load.cpu.get(`${role}-1`)! - idle.cpu.get(`${role}-1`)!;
  const row = (role: string, load: Load, unit: string, units: number, mean?: number) => {
    const cpuS = busy(load, role) / units;
    return {
      role,
      unit,
      'units a second': Math.round(units / seconds),
      'CPU µs a unit': Math.round(cpuS * 1_000_000),
      'a thread does': Math.round(1 / cpuS),
      'mean ms': mean === undefined ? '' : (mean * 1_000).toFixed(1),
    };
  };
  console.log(`bus ${values.bus}, ${seconds} s of each load, ${atOnce} at once, ${connected} devices connected`);
  console.table([
    row('cm', logins, 'login', logins.counted.cm.logins),
    row('cm', pushes, 'message', pushes.done),
    row('im', pushes, 'message', pushes.done, pushes.counted.im.mean),
    row('user-redis', pushes, 'call', pushes.counted['user-redis'].calls, pushes.counted['user-redis'].mean),
    row('user-redis', logins, 'call', logins.counted['user-redis'].calls, logins.counted['user-redis'].mean),
    row('user-mysql', aliases, 'call', aliases.counted['user-mysql'].calls, aliases.counted['user-mysql'].mean),
    row('user-mysql', pushes, 'message', pushes.done),
    row('user-mysql', pushes, 'receipt record', pushes.counted['user-mysql'].receipts),
  ]);
  for (const device of devices) device.terminate();
  await upstream.close();
} finally {
  watch.stop();
  await system.stop();
}

type Load = Awaited<ReturnType<typeof during>>;

/** Runs a load and tells what each process used for it, what the roles counted meanwhile, and how many units were done. */
async function during(work: () => Promise<number | undefined>) {
  const before = { cpu: watch.cpuSeconds(), counted: await counters() };
  const done = (await work()) ?? 0;
  // What the load has left behind belongs to it.
  await sleep(settleMs);
  const after = { cpu: watch.cpuSeconds(), counted: await counters() };
  const cpu = new Map([...after.cpu].map(([instance, used]) => [instance, used - before.cpu.get(instance)!]));
  const grown = (role: string, name: string): number => after.counted[role]![name]! - before.counted[role]![name]!;
  const calls = (role: string) => ({
    calls: grown(role, 'calls'),
    mean: grown(role, 'callSeconds') / Math.max(1, grown(role, 'calls')),
  });
  return {
    done,
    cpu,
    counted: {
      cm: { logins: grown('cm', 'logins') },
      im: { mean: grown('im', 'requestSeconds') / Math.max(1, grown('im', 'requests')) },
      'user-redis': calls('user-redis'),
      'user-mysql': { ...calls('user-mysql'), receipts: grown('user-mysql', 'receipts') },
    },
  };
}

async function counters(): Promise<Record<string, Record<string, number>>> {
  const roles = system.run().processes.filter(({ metrics }) => metrics !== null);
  const read = roles.map(async ({ role, metrics }) => {
    const samples = readMetricsText(await (await fetch(metrics!)).text());
    const sum = (name: string): number => sumOf(samples, name) ?? 0;
    return [
      role,
      {
        logins: sum('longwire_cm_logins_total'),
        requests: sum('longwire_api_request_seconds_count'),
        requestSeconds: sum('longwire_api_request_seconds_sum'),
        receipts: sum('longwire_receipt_records_total'),
        calls: sum('longwire_call_seconds_count'),
        callSeconds: sum('longwire_call_seconds_sum'),
      },
    ];
  });
  return Object.fromEntries(await Promise.all(read));
}

/** Some at once, each after the last. @returns how many were done. */
async function repeat(once: (number: number) => Promise<void>): Promise<number> {
  const end = Date.now() + seconds * 1_000;
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (Date.now() < end) await once(begun++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return begun;
}
