import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRole } from '../../scripts/up/role-process.ts';
import { freePort, type Managed, waitFor } from '../../test/rigs/process.ts';
import type { TestSystem } from '../../test/rigs/system.ts';

export interface FurtherCm extends Managed {
  /** Its metrics page. */
  metrics: string;
}

const root = new URL('../../', import.meta.url).pathname;

/** One more cm beside those of a system, at the moment that the bench chooses: with the environment of `cm-1` and what is its own. */
export async function startFurtherCm(system: TestSystem, instance: string): Promise<FurtherCm> {
  const text = readFileSync(`/proc/${system.processOf('cm-1').pid}/environ`, 'utf8');
  const env = Object.fromEntries(
    text.split('\0').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const opsPort = await freePort();
  const cm = await startRole({
    script: join(root, 'services/cm/main.ts'),
    cwd: root,
    logFile: join(system.dataDir, 'logs', `${instance}.log`),
    env: { ...env, LONGWIRE_INSTANCE: instance, LONGWIRE_OPS_PORT: String(opsPort) },
  });
  const ops = `http://127.0.0.1:${opsPort}`;
  const isReady = async (): Promise<boolean> =>
    (await fetch(`${ops}/health/ready`).catch(() => undefined))?.ok ?? false;
  await waitFor(`${instance} is ready`, isReady, 60_000, 100);
  return { ...cm, metrics: `${ops}/metrics` };
}
