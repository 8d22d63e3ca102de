import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Engine } from './engine.ts';
import { providePublicImages } from './public-images.ts';

const root = resolve(import.meta.dirname, '../../..');

/** `docker compose …` as an operator says it, as a project of its own. @returns what it printed. */
export interface Compose {
  (...args: string[]): Promise<string>;
  /** Of the project, which its containers and volumes begin with. */
  readonly project: string;
}

export interface ComposeOptions {
  /** A checkout, this one unless another is said. */
  checkout?: string;
  /** Files of it, or paths; `docker/compose.yaml` unless others are said. */
  files?: string[];
}

const limitMs = 900_000;

/** @param env what `compose.yaml` is filled in with */
export async function composeOn(
  engine: Engine,
  env: Record<string, string>,
  { checkout = root, files = ['docker/compose.yaml'] }: ComposeOptions = {},
): Promise<Compose> {
  await providePublicImages(engine, ['sid', 'compose']);
  const project = `compose-${randomBytes(4).toString('hex')}`;
  const socket = engine.host.replace('unix://', '');
  const paths = files.map((file) => resolve(checkout, file));
  const folders = [...new Set([checkout, ...paths.map((path) => dirname(path))])];
  const run = ['run', '--rm', '--network', 'none', '-v', `${socket}:/var/run/docker.sock`];
  const mounts = folders.flatMap((folder) => ['-v', `${folder}:${folder}:ro`]);
  const given = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const command = ['docker:28-cli', 'compose', '-p', project, ...paths.flatMap((path) => ['-f', path])];
  const compose = (...args: string[]): Promise<string> =>
    engine.docker([...run, ...mounts, ...given, ...command, ...args], { timeoutMs: limitMs });
  return Object.assign(compose, { project });
}
