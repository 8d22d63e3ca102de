import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { engineAvailable, startEngine } from './engine.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine of this run, as `DOCKER_HOST` has it; empty with a reason where there can't be one. */
    engine: { host: string; reason: string };
  }
}

/**
 * One engine for all tests of containers: what one file has built, the next one needn't. Each has containers and networks of its
 * own. `LONGWIRE_ENGINE` names one that runs, and goes on running with what it has built.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['LONGWIRE_ENGINE'];
  if (given !== undefined) {
    project.provide('engine', { host: given, reason: '' });
    return async () => {};
  }
  const available = engineAvailable();
  if (!available.ok) {
    if (process.env['LONGWIRE_REQUIRE_CONTAINERS'] === '1') throw new Error(available.reason);
    project.provide('engine', { host: '', reason: available.reason });
    return async () => {};
  }
  const engine = await startEngine(tmpdir());
  project.provide('engine', { host: engine.host, reason: '' });
  return engine.stop;
}
