import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Engine } from './engine.ts';
import { providePublicImages } from './public-images.ts';

const root = resolve(import.meta.dirname, '../../..');

/** `docker compose -f docker/compose.yaml …` as an operator says it, as a project of its own. @returns what it printed. */
export interface Compose {
  (...args: string[]): Promise<string>;
  /** Of the project, which its containers and volumes begin with. */
  readonly project: string;
}

/** @param env what `compose.yaml` is filled in with */
export async function composeOn(engine: Engine, env: Record<string, string>): Promise<Compose> {
  await providePublicImages(engine, ['sid', 'compose']);
  const project = `compose-${randomBytes(4).toString('hex')}`;
  const socket = engine.host.replace('unix://', '');
  const run = ['run', '--rm', '--network', 'none', '-v', `${socket}:/var/run/docker.sock`, '-v', `${root}:${root}:ro`];
  const given = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const command = ['docker:28-cli', 'compose', '-p', project, '-f', `${root}/docker/compose.yaml`];
  const compose = (...args: string[]): Promise<string> =>
    engine.docker([...run, ...given, ...command, ...args], { timeoutMs: 300_000 });
  return Object.assign(compose, { project });
}
