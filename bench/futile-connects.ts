import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/rigs/process.ts';
import { futileConnects, loop } from '../test/rigs/raw-sockets.ts';
import { startSystem } from '../test/rigs/system.ts';
import { LoadDevice, openDevices } from './load-device.ts';
import { ProcessWatch } from './processes.ts';

/**
 * Connections that lead nowhere: `node bench/futile-connects.ts [--count 50000] [--at-once 50]` (Node 26). Goes through each kind
 * once to warm up and then `count` times, and prints the memory of cm (median of 2 s at rest) and its connections after each. Ends
 * with 1 if cm kept a connection, or grew by more than 16 MB from the end of the warm-up on.
 */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '50000' }, 'at-once': { type: 'string', default: '50' } },
});
const count = Number(values.count);
const atOnce = Number(values['at-once']);
const maxGrowthMb = 16;
/** Devices that stay connected all the time. */
const staying = 200;

const system = await startSystem();
const watch = new ProcessWatch(system);
try {
  const { sdk, app } = system.run();
  const port = Number(new URL(sdk).port);
  const metricsUrl = system.processOf('cm-1').metrics ?? '';
  await openDevices(staying, () => LoadDevice.open(sdk, app, () => {}));

  /** MB of cm once nothing but the staying devices is connected. */
  const atRest = async (): Promise<number> => {
    await waitFor('cm has let go of the rest', async () => (await connections(metricsUrl)) === staying, 120_000);
    watch.begin();
    await sleep(2_000);
    return watch.medians().get('cm-1') ?? Number.NaN;
  };
  const kinds = Object.entries(futileConnects);
  for (const [, connectOnce] of kinds) await loop(Math.min(count, 5_000), atOnce, () => connectOnce({ port }));
  const first = await atRest();
  console.log(`after the warm-up: ${first.toFixed(1)} MB, ${staying} connections`);
  let last = first;
  for (const [kind, connectOnce] of kinds) {
    const startMs = performance.now();
    await loop(count, atOnce, () => connectOnce({ port }));
    const perSecond = (count / (performance.now() - startMs)) * 1_000;
    last = await atRest();
    console.log(`${count} × ${kind} (${perSecond.toFixed(0)} a second): ${last.toFixed(1)} MB, ${staying} connections`);
  }
  console.log(`grew by ${(last - first).toFixed(1)} MB`);
  process.exitCode = last - first > maxGrowthMb ? 1 : 0;
} finally {
  watch.stop();
  await system.stop();
}
process.exit();

async function connections(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return [...text.matchAll(/^longwire_cm_connections\{.*\} (\d+)$/gm)].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}
