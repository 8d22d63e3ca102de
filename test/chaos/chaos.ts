import { setTimeout as sleep } from 'node:timers/promises';
import type { BusKind } from '../../scripts/up/args.ts';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';
import { Faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';

export interface ChaosOptions {
  bus: BusKind;
  /** How long faults are done under load. */
  seconds: number;
  /** The same seed makes the same choices of faults; when each comes depends on the machine. */
  seed: number;
  devices: number;
  /** Hears of each fault as it is done. */
  told: (accepted: number, fault: string) => void;
}

export interface Verdict {
  accepted: number;
  /** Accepted pushes that did not arrive, that an app got twice, and that came after a later one. */
  missing: number;
  twice: number;
  outOfOrder: number;
  /** From the end of load until all had arrived, ms. */
  healedMs: number;
}

/** How long the system may take to deliver everything once the faults are over. */
const healMs = 90_000;

/**
 * Random faults under load, then the ledger: two instances of each role, devices of the SDK, pushes to one and to all that are
 * repeated until they are answered.
 */
export async function runChaos({ bus, seconds, seed, devices: count, told }: ChaosOptions): Promise<Verdict> {
  const system = await startSystem({ bus, scale: { cm: 2, im: 2, 'user-redis': 2, 'user-mysql': 2 } });
  try {
    const { sdk: url, app } = system.run();
    const { appId, appSecret } = app;
    const upstream = await Upstream.open(system.run());
    const devices = Array.from({ length: count }, () => startDevice({ url, appId, appSecret }));
    await Promise.all(devices.map((device) => device.online(60_000)));
    const ledger = new Ledger(devices);
    const faults = new Faults(system, bus, seed);

    const end = Date.now() + seconds * 1_000;
    const stopLoad = startLoad(upstream, devices, ledger);
    while (Date.now() < end) {
      await sleep(1_000 + faults.random() * 3_000);
      told(ledger.accepted, await faults.next());
    }
    await faults.undo();
    await stopLoad();
    const healing = Date.now();
    await waitFor('every accepted push has arrived', () => ledger.missing() === 0, healMs, 200).catch(() => {});
    const verdict = { accepted: ledger.accepted, missing: ledger.missing(), ...ledger.faults() };
    // The system's files go with it.
    if (verdict.missing + verdict.twice + verdict.outOfOrder > 0) console.log(await system.logs());
    for (const device of devices) device.device.close();
    await upstream.close();
    return { ...verdict, healedMs: Date.now() - healing };
  } finally {
    await system.stop();
  }
}
