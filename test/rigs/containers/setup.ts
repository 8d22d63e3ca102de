import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { engineAvailable, startEngine } from './engine.ts';
import { removeRun, runVariable } from './session.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine of this run, as `DOCKER_HOST` has it; empty with a reason where there can't be one. */
    engine: { host: string; reason: string };
  }
}

/** An engine that is there for whoever holds it. */
export interface HeldEngine {
  host: string;
  /** Once by each holder: the last takes down what the run has made. */
  release(): Promise<void>;
}

interface Shared {
  holders: number;
  host: string;
  stop: () => Promise<void>;
}

/** Each project of a run has this module for itself. */
const shared = globalThis as { [key: symbol]: Promise<Shared> | undefined };
const key = Symbol.for('longwire.test-engine');

/**
 * One engine for all tests of a run, in all its projects: what one has built, the next one needn't. Each test has containers and
 * networks of its own. It is `DOCKER_HOST`, where that is set, and goes on running with the images that it has then; else one that
 * is started here.
 *
 * @throws Error with the reason if there can't be one
 */
export async function holdEngine(): Promise<HeldEngine> {
  shared[key] ??= openEngine();
  const engine = await shared[key];
  engine.holders += 1;
  return {
    host: engine.host,
    async release() {
      engine.holders -= 1;
      if (engine.holders > 0) return;
      shared[key] = undefined;
      await engine.stop();
    },
  };
}

async function openEngine(): Promise<Shared> {
  const run = randomBytes(8).toString('hex');
  process.env[runVariable] = run;
  // For testcontainers, here and in the processes of tests, whose containers are on this machine, whatever it runs in itself.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
  const given = process.env['DOCKER_HOST'];
  if (given !== undefined) return { holders: 0, host: given, stop: async () => void (await removeRun(run)) };
  const { reason } = engineAvailable() as { reason?: string };
  if (reason !== undefined) throw new Error(reason);
  const engine = await startEngine(tmpdir());
  // Ryuk's image may not be had, and the engine goes with all it made.
  process.env['DOCKER_HOST'] = engine.host;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const stop = async (): Promise<void> => {
    delete process.env['DOCKER_HOST'];
    await engine.stop();
  };
  return { holders: 0, host: engine.host, stop };
}

/** Of the tests of containers. Where there can't be an engine they are skipped with the reason, if one isn't required. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const { host, release } = await holdEngine();
    project.provide('engine', { host, reason: '' });
    return release;
  } catch (error) {
    if (process.env['LONGWIRE_REQUIRE_CONTAINERS'] === '1') throw error;
    project.provide('engine', { host: '', reason: (error as Error).message });
    return async () => {};
  }
}
