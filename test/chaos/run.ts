import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';
import { doFault, seeded } from './faults.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';

/**
 * Random faults under load, then the ledger: `node test/chaos/run.ts --bus kafka --seconds 80 --seed 7` (Node 26). Two
 * instances of each role, devices of the SDK, pushes to one and to all that are repeated until they are answered. Ends with 1 if a push that
 * was accepted is missing, came twice or out of order.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    devices: { type: 'string', default: '60' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';
const random = seeded(Number(values.seed));
const healMs = 90_000;

const system = await startSystem({ bus, scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 } });
try {
  const { sdk: url, app } = system.run();
  const { appId, appSecret } = app;
  const upstream = await Upstream.open(system.run());
  const devices = Array.from({ length: Number(values.devices) }, () => startDevice({ url, appId, appSecret }));
  await Promise.all(devices.map((device) => device.online(60_000)));
  const ledger = new Ledger(devices);

  const end = Date.now() + Number(values.seconds) * 1_000;
  const stopLoad = startLoad(upstream, devices, ledger);
  while (Date.now() < end) {
    await sleep(1_000 + random() * 3_000);
    console.log(ledger.accepted, await doFault(system, bus, random));
  }
  await stopLoad();
  const healing = Date.now();
  await waitFor('every accepted push has arrived', () => ledger.missing() === 0, healMs, 200).catch(() => {});
  const { twice, outOfOrder } = ledger.faults();
  const missing = ledger.missing();
  console.log({ bus, accepted: ledger.accepted, missing, twice, outOfOrder, healedMs: Date.now() - healing });
  process.exitCode = missing + twice + outOfOrder === 0 ? 0 : 1;
  for (const device of devices) device.device.close();
  await upstream.close();
} finally {
  await system.stop();
}
