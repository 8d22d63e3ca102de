import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { roles } from '../../../scripts/up/args.ts';
import { type Certificate, selfSignedCertificate } from '../certificate.ts';
import type { Engine } from './engine.ts';
import { providePublicImages } from './public-images.ts';

const root = resolve(import.meta.dirname, '../../..');

export const version = '0.1.0';
export const lines = readdirSync(join(root, 'docker/bases'));

export { roles };

/** What there is an image of, on each base. */
export const programs = [...roles, 'console', 'agent'];

export const baseTag = (line: string): string => `longwire/base-${line}:${version}`;
export const loadTag = `longwire/load:${version}`;
export const serviceTag = (line: string, role: string): string => `longwire/${line}-${role}:${version}`;

const limitMs = 600_000;

/** Builds the base of a product line. @param context another folder than the project's own for it. */
export async function buildBase(engine: Engine, line: string, context = join(root, 'docker/bases', line)) {
  const args = ['build', '-q', '--network', 'host', '-t', baseTag(line), context];
  await engine.docker(args, { timeoutMs: limitMs });
}

/** Builds one role on it, as `docker/docker-bake.hcl` does. @param context another checkout than this one. */
export async function buildService(
  engine: Engine,
  line: string,
  role: string,
  { context = root, tag = serviceTag(line, role) } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longwire-npmrc-'));
  try {
    const args = ['--build-arg', `BASE=${baseTag(line)}`, '--build-arg', `SERVICE=${role}`, '--network', 'host'];
    args.push('--build-arg', `VERSION=${version}`, '--secret', `id=npmrc,src=${npmrc(folder)}`);
    const file = join(context, 'docker/service/Dockerfile');
    await engine.docker(['build', '-q', '-f', file, ...args, '-t', tag, context], { timeoutMs: limitMs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the load tool on the base of line "push", likewise. */
export async function buildLoad(engine: Engine): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longwire-npmrc-'));
  try {
    const args = ['--build-arg', `BASE=${baseTag('push')}`, '--build-arg', `VERSION=${version}`, '--network', 'host'];
    args.push('--secret', `id=npmrc,src=${npmrc(folder)}`, '-f', join(root, 'docker/load/Dockerfile'));
    await engine.docker(['build', '-q', ...args, '-t', loadTag, root], { timeoutMs: limitMs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All that a product line's containers are started from: its base, its roles, and the stores that `compose.yaml` names. */
export async function provideLine(engine: Engine, line: string): Promise<void> {
  await providePublicImages(engine, ['debian', 'node', 'redis', 'mysql', 'kafka']);
  await buildBase(engine, line);
  for (const role of roles) await buildService(engine, line, role);
}

/**
 * Line "iot" with an authority of this test's own, as its base trusts no other.
 *
 * @param folder where its context is made
 * @returns the authority's certificate, with its key
 */
export async function buildIot(engine: Engine, folder: string): Promise<Certificate> {
  await providePublicImages(engine, ['debian', 'node']);
  const certificate = selfSignedCertificate();
  const context = join(folder, 'iot');
  cpSync(join(root, 'docker/bases/iot'), context, { recursive: true });
  writeFileSync(join(context, 'ca/internal.crt'), certificate.cert);
  await buildBase(engine, 'iot', context);
  for (const role of programs) await buildService(engine, 'iot', role);
  return certificate;
}

/** npm inside trusts whom this machine trusts, which the image that it runs in may have brought along. */
export function npmrc(folder: string): string {
  const file = join(folder, 'npmrc');
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  writeFileSync(file, existsSync(authorities) ? `cafile=${authorities}\n` : '');
  return file;
}

export interface Layer {
  digest: string;
  bytes: number;
}

/** Its layers that hold files, from the lowest up. */
export async function layersOf(engine: Engine, tag: string): Promise<Layer[]> {
  const digests = JSON.parse(
    await engine.docker(['image', 'inspect', '-f', '{{json .RootFS.Layers}}', tag]),
  ) as string[];
  const history = await engine.docker([
    'history',
    '--no-trunc',
    '--human=false',
    '--format',
    '{{.Size}}\t{{.CreatedBy}}',
    tag,
  ]);
  // History has the newest first, and steps that made no layer: those set something, and are of size 0.
  const sizes = history
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([size, by = '']) => Number(size) > 0 || /^(COPY|RUN|ADD|WORKDIR)/.test(by))
    .map(([size]) => Number(size))
    .reverse();
  return digests.map((digest, index) => ({
    digest,
    bytes: sizes[sizes.length - digests.length + index] ?? Number.NaN,
  }));
}

export async function bytesOf(engine: Engine, tag: string): Promise<number> {
  return Number(await engine.docker(['image', 'inspect', '-f', '{{.Size}}', tag]));
}
