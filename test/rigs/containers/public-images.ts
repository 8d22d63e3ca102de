import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kafkaPom } from '../kafka.ts';
import { fetchJars } from '../maven.ts';
import type { Engine } from './engine.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../../..');
const cache = join(root, '.cache/containers');

/** The release that the Dockerfiles' tags name; Valkey 8 is in the one after it, Redis 8 in Debian's newest too, MySQL there alone. */
const release = 'bookworm';
const next = 'trixie';
const newest = 'sid';
const authorities = 'etc/ssl/certs/ca-certificates.crt';
const limitMs = 600_000;

/**
 * Makes the public images that the Dockerfiles and `compose.yaml` name. Where they can't be pulled, what stands under their
 * tags is made here of Debian's packages, Maven's jars and this project's Node: the same programs at the same places, not the
 * same files. Under `mysql:8.4` it is the MySQL that Debian sid has, under `redis:7` Redis 7.0 of bookworm, under
 * `valkey/valkey:8` Valkey 8.1 of trixie, under `redis:8` Redis 8.0 of sid, under `prom/` what Debian has of Prometheus.
 */
export async function providePublicImages(engine: Engine, names: Seedable[]): Promise<void> {
  for (const name of names) {
    const { tag } = seeds[name];
    if ((await engine.docker(['images', '-q', tag])) !== '') continue;
    await engine.docker(['pull', '-q', tag], { timeoutMs: limitMs }).catch(() => seed(engine, name));
  }
}

export type Seedable = keyof typeof seeds;

export const tagOf = (name: Seedable): string => seeds[name].tag;

/** @throws Error if none has this tag */
export function seedOf(tag: string): Seedable {
  const found = (Object.keys(seeds) as Seedable[]).find((name) => seeds[name].tag === tag);
  if (found === undefined) throw new Error(`image ${tag}: is none of ${Object.values(seeds).map((one) => one.tag)}`);
  return found;
}

interface Seed {
  tag: string;
  /** Of which image `seeds/NAME/Dockerfile` makes it, or that of another name. */
  from?: Seedable;
  folder?: string;
  /** Arguments of its build. */
  args?: Record<string, string>;
  /** The release of Debian that it is a tree of. */
  tree?: string;
  /** What its Dockerfile copies besides. */
  add?: (context: string) => Promise<void>;
}

const seeds = {
  debian: { tag: `debian:${release}-slim`, tree: release },
  trixie: { tag: `debian:${next}-slim`, tree: next },
  sid: { tag: `debian:${newest}-slim`, tree: newest },
  node: { tag: `node:${nodeVersion()}-${release}-slim`, from: 'debian', add: addNode },
  redis: { tag: `redis:7.4-${release}`, from: 'debian' },
  redis7: { tag: 'redis:7', from: 'debian', folder: 'redis' },
  redis8: { tag: 'redis:8', from: 'sid', folder: 'redis', args: { RELEASE: newest } },
  valkey8: { tag: 'valkey/valkey:8', from: 'trixie', folder: 'redis', args: { RELEASE: next, PROGRAM: 'valkey' } },
  mysql: { tag: 'mysql:8.4', from: 'sid' },
  compose: { tag: 'docker:28-cli', from: 'sid' },
  kafka: { tag: 'apache/kafka:3.9.1', from: 'debian', add: addKafka },
  prometheus: { tag: 'prom/prometheus:v3.5.0', from: 'debian' },
  alertmanager: { tag: 'prom/alertmanager:v0.28.1', from: 'debian' },
} as const;

async function seed(engine: Engine, name: Seedable): Promise<void> {
  const { tag, from, tree, add, folder = name, args = {} }: Seed = seeds[name];
  if (tree !== undefined) {
    await engine.docker(['import', await debianTree(tree), tag], { timeoutMs: limitMs });
    return;
  }
  const files = join(here, 'seeds', folder);
  const kept = join(cache, `${name}-${hashOf(files, JSON.stringify([tag, args]))}.tar`);
  if (existsSync(kept)) {
    await engine.docker(['load', '-q', '-i', kept], { timeoutMs: limitMs });
    return;
  }
  await providePublicImages(engine, [from!]);
  const context = mkdtempSync(join(tmpdir(), 'longwire-seed-'));
  try {
    cpSync(files, context, { recursive: true });
    await add?.(context);
    // The host's network, as the build may reach Debian's mirror by it alone.
    const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
    await engine.docker(['build', '-q', '--network', 'host', ...given, '-t', tag, context], { timeoutMs: limitMs });
    await engine.docker(['save', '-o', `${kept}.${process.pid}`, tag], { timeoutMs: limitMs });
    renameSync(`${kept}.${process.pid}`, kept);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** A minimal Debian as a tar, made once a checkout; it trusts whom this machine trusts. */
async function debianTree(of: string): Promise<string> {
  const file = join(cache, `debian-${of}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const tree = mkdtempSync(join(tmpdir(), 'longwire-debian-'));
  try {
    const options = ['--variant=minbase', '--include=ca-certificates'];
    await run('/usr/sbin/debootstrap', [...options, of, tree], { timeout: limitMs });
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

async function addKafka(context: string): Promise<void> {
  cpSync(await fetchJars('kafka', kafkaPom), join(context, 'jars'), { recursive: true });
}

/** Of all that a seed's folder holds. */
function hashOf(folder: string, what: string): string {
  const hash = createHash('sha256').update(what);
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The Node that the images run is the one that the project is tested with. */
function nodeVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return devDependencies.node;
}
