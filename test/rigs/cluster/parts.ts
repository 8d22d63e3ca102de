import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
/** Kept from run to run, under a name that changes with what they are built from. */
const cache = join(here, '../../../.cache/cluster');

/** What no package of Debian 12 has, and how long its first build takes on two idle cores. */
const durations = {
  kubernetes: 'about ten minutes',
  policies: 'about two minutes',
  dns: 'about a minute',
  prometheus: 'about four minutes',
} as const;

export type Part = keyof typeof durations;
/** The folder of each part's programs. */
export type Parts = Record<Part, string>;

/** Builds what is not there yet. @throws Error with the last of what the compiler said. */
export async function provideParts(say: (line: string) => void): Promise<Parts> {
  const parts: Partial<Parts> = {};
  for (const part of Object.keys(durations) as Part[]) parts[part] = await provide(part, say);
  // KEDA's kinds are read out of its module, where the cluster's network leads to no proxy of modules.
  const keda = ['mod', 'download', 'github.com/kedacore/keda/v2'];
  await run('go', keda, { cwd: join(here, 'keda'), timeout: 300_000 });
  return parts as Parts;
}

/** Of Kubernetes, as its API says it. */
export function versionOf(part: Part): string {
  const modules = {
    kubernetes: 'k8s.io/kubernetes',
    policies: 'github.com/cloudnativelabs/kube-router/v2',
    dns: 'github.com/coredns/coredns',
    prometheus: 'github.com/prometheus/prometheus',
  };
  const text = readFileSync(join(here, part, 'go.mod'), 'utf8');
  const [, version] = new RegExp(`${modules[part]} (v\\S+)`).exec(text) ?? [];
  if (version === undefined) throw new Error(`${part}/go.mod does not name ${modules[part]}`);
  return version;
}

async function provide(part: Part, say: (line: string) => void): Promise<string> {
  const folder = join(cache, `${part}-${versionOf(part)}-${hashOf(part)}`);
  if (existsSync(folder)) return folder;
  say(`building ${part} ${versionOf(part)}, which takes ${durations[part]} …`);
  mkdirSync(cache, { recursive: true });
  rmSync(`${folder}.new`, { recursive: true, force: true });
  const args = ['-n', '19', join(here, 'build.sh'), part, folder];
  await run('nice', args, { timeout: 3_600_000, maxBuffer: 64 * 1024 * 1024 }).catch((error: Error) => {
    const { stderr = '' } = error as Error & { stderr?: string };
    throw new Error(`${part} does not build: ${stderr.slice(-2_000) || error.message}`, { cause: error });
  });
  return folder;
}

function hashOf(part: Part): string {
  const hash = createHash('sha256');
  const files = [join(here, 'build.sh'), ...globSync(join(here, part, '{go.*,*.go}')).sort()];
  for (const file of files) hash.update(relative(here, file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
