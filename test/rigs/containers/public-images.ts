import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Engine } from './engine.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../../..');
const cache = join(root, '.cache/containers');

/** The release that the Dockerfiles' tags name. */
const release = 'bookworm';
const authorities = 'etc/ssl/certs/ca-certificates.crt';

/**
 * Makes the public images that the Dockerfiles name. Where they can't be pulled, what stands under their
 * tags is made here of Debian's packages and this project's Node: the same programs at the same places, not the same files.
 */
export async function providePublicImages(engine: Engine, names: Seedable[]): Promise<void> {
  for (const name of names) {
    const { tag } = seeds[name];
    await engine.docker(['pull', '-q', tag], { timeoutMs: 600_000 }).catch(() => seed(engine, name));
  }
}

export type Seedable = keyof typeof seeds;

/** `needs`: what has to be there before. The debian image is made of a tree of its own, the others by `seeds/NAME/Dockerfile`. */
const seeds = {
  debian: { tag: `debian:${release}-slim`, needs: undefined },
  node: { tag: `node:${nodeVersion()}-${release}-slim`, needs: 'debian' },
} as const;

async function seed(engine: Engine, name: Seedable): Promise<void> {
  const { tag, needs } = seeds[name];
  if (needs === undefined) {
    await engine.docker(['import', await debianTree(), tag], { timeoutMs: 120_000 });
    return;
  }
  const known = await engine.docker(['images', '-q', seeds[needs].tag]);
  if (known === '') await seed(engine, needs);
  const context = mkdtempSync(join(tmpdir(), 'longwire-seed-'));
  try {
    cpSync(join(here, 'seeds', name), context, { recursive: true });
    await addNode(context);
    // The host's network, as the build may reach Debian's mirror by it alone.
    await engine.docker(['build', '-q', '--network', 'host', '-t', tag, context], { timeoutMs: 600_000 });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** A minimal Debian as a tar, made once a checkout; it trusts whom this machine trusts. */
async function debianTree(): Promise<string> {
  const file = join(cache, `debian-${release}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const tree = mkdtempSync(join(tmpdir(), 'longwire-debian-'));
  try {
    const options = ['--variant=minbase', '--include=ca-certificates'];
    await run('/usr/sbin/debootstrap', [...options, release, tree], { timeout: 600_000 });
    if (existsSync(`/${authorities}`)) cpSync(`/${authorities}`, join(tree, authorities));
    const without = ['var/cache/apt/archives/*', 'var/lib/apt/lists/*', 'usr/share/doc/*', 'usr/share/man/*'];
    const excludes = without.map((pattern) => `--exclude=./${pattern}`);
    await run('tar', ['-C', tree, ...excludes, '-cf', `${file}.${process.pid}`, '.'], { timeout: 120_000 });
    renameSync(`${file}.${process.pid}`, file);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  return file;
}

async function addNode(context: string): Promise<void> {
  cpSync(join(root, 'node_modules/node/bin/node'), join(context, 'node'));
  const { stdout } = await run('sh', ['-c', 'command -v npm']);
  cpSync(resolve(realpathSync(stdout.trim()), '../..'), join(context, 'npm'), { recursive: true });
}

/** The Node that the images run is the one that the project is tested with. */
function nodeVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return devDependencies.node;
}
