import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

/**
 * `node test/chaos/run.ts --bus kafka --seconds 90 --seed 7 --seeds 5` (Node 26): one run for each of the seeds 7 to 11.
 * Ends with 1 if a push that was accepted is missing, came twice or out of order.
 */
const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    devices: { type: 'string', default: '60' },
  },
});
const bus = values.bus === 'kafka' ? 'kafka' : 'redis';

process.exitCode = 0;
for (let run = 0; run < Number(values.seeds); run++) {
  const seed = Number(values.seed) + run;
  const verdict = await runChaos({
    ...{ bus, seed, seconds: Number(values.seconds), devices: Number(values.devices) },
    told: (accepted, fault) => console.log(accepted, fault),
  });
  console.log({ bus, seed, ...verdict });
  if (verdict.missing + verdict.twice + verdict.outOfOrder > 0) process.exitCode = 1;
}
