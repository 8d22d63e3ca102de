import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { curves } from './simulator/curves.ts';
import { outcomeOf } from './simulator/outcome.ts';
import { plot } from './simulator/plot.ts';
import { type ReplayedRole, replay } from './simulator/replay.ts';

/**
 * Replays load curves through the formula that scales the roles: `node scaling/simulate.ts` (Node 26). Prints what came of each,
 * and writes the plots of docs/operations.md into docs/scaling.
 */
const folder = resolve(import.meta.dirname, '../docs/scaling');
mkdirSync(folder, { recursive: true });
for (const curve of curves) {
  const replayed = replay(curve);
  console.log(`\n${curve.title}`);
  console.table(
    (Object.keys(replayed) as ReplayedRole[]).map((role) => {
      const { instanceHours, fixedHours, ...rest } = outcomeOf(replayed[role]);
      const replicas = replayed[role].map((point) => point.replicas);
      return {
        role,
        instances: `${Math.min(...replicas)}–${Math.max(...replicas)}`,
        'short for s': rest.longestShortS,
        'longest ms': Math.round(rest.longestLatencyMs),
        'most waiting': Math.round(rest.mostWaiting),
        fullest: role === 'cm' ? Math.round(rest.fullest) : '',
        'without room': role === 'cm' ? `${Math.round(rest.outside)}, ${rest.longestOutsideS} s` : '',
        'instance-hours': Math.round(instanceHours * 10) / 10,
        'of always the most': `${Math.round((100 * instanceHours) / fixedHours)} %`,
        'turns an hour': rest.turnsAnHour,
      };
    }),
  );
  writeFileSync(join(folder, `${curve.name}.svg`), plot(curve, replayed));
}
