import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';
import { faults, startScene } from './failover-stores.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';

/**
 * Stores that fail over, or refuse, under load, then the ledger: `node test/chaos/failover.ts --fault sentinel --bus redis --seconds 60`
 * (Node 26). Ends with 1 if a push that was accepted is missing, came twice or out of order.
 */
const { values } = parseArgs({
  options: {
    fault: { type: 'string' },
    bus: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '60' },
    devices: { type: 'string', default: '60' },
  },
});
const fault = faults.find((one) => one === values.fault);
if (!fault) {
  console.error(`--fault: allowed are ${faults.join(', ')}`);
  process.exit(2);
}
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const healMs = 90_000;

const dir = mkdtempSync(join(tmpdir(), 'longwire-failover-'));
const scene = await startScene(fault, dir);
try {
  const system = await startSystem({
    bus,
    scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 },
    settings: scene.settings,
  });
  try {
    const { sdk: url, app } = system.run();
    const { appId, appSecret } = app;
    const upstream = await Upstream.open(system.run());
    const devices = Array.from({ length: Number(values.devices) }, () => startDevice({ url, appId, appSecret }));
    await Promise.all(devices.map((device) => device.online(60_000)));
    const ledger = new Ledger(devices);
    const got = (): number => devices.reduce((sum, { pushes }) => sum + pushes.length, 0);

    const startMs = Date.now();
    const stopLoad = startLoad(upstream, devices, ledger, { everyMs: 20 });
    const accepting = watch(() => ledger.accepted);
    const delivering = watch(got);
    await sleep(3_000);
    await scene.doFault(system, (what) => console.log(Date.now() - startMs, ledger.accepted, what));
    await sleep(Math.max(5_000, startMs + Number(values.seconds) * 1_000 - Date.now()));
    await stopLoad();
    const acceptingPauseMs = accepting();
    const healing = Date.now();
    await waitFor('every accepted push has arrived', () => ledger.missing() === 0, healMs, 200).catch(() => {});
    const deliveringPauseMs = delivering();
    const { twice, outOfOrder } = ledger.faults();
    const missing = ledger.missing();
    const figures = { accepted: ledger.accepted, missing, twice, outOfOrder, healedMs: Date.now() - healing };
    console.log({ fault, bus, ...figures, acceptingPauseMs, deliveringPauseMs });
    process.exitCode = missing + twice + outOfOrder === 0 ? 0 : 1;
    if (process.exitCode === 1) console.log(system.logs());
    for (const device of devices) device.device.close();
    await upstream.close();
  } finally {
    await system.stop();
  }
} finally {
  await scene.close();
  rmSync(dir, { recursive: true, force: true });
}

/** Watches a count that rises. @returns what ends it, and answers the longest time without a rise (ms). */
function watch(count: () => number): () => number {
  let last = count();
  let sinceMs = Date.now();
  let longestMs = 0;
  const look = (): void => {
    const now = count();
    if (now === last) return;
    longestMs = Math.max(longestMs, Date.now() - sinceMs);
    last = now;
    sinceMs = Date.now();
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    look();
    return longestMs;
  };
}
