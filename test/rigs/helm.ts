import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { type Manifest, root } from '../../scripts/kubernetes/render.ts';

const run = promisify(execFile);
const version = 'v4.3.1';
/** Kept from run to run: building takes minutes. */
const kept = join(root, '.cache/helm', version);

export interface Helm {
  /** What `helm template` makes of the chart in a folder, hooks too. @throws Error with what Helm said. */
  template(chart: string, namespace: string, values?: object): Manifest[];
  /** @throws Error with what Helm said. */
  lint(chart: string): string;
}

/** Helm of this version, built with Go the first time. @throws Error if Go, or Helm's module, can't be had. */
export async function startHelm(): Promise<Helm> {
  const binary = join(kept, 'helm');
  if (!existsSync(binary)) await build();
  const helm = (args: string[], input = ''): string =>
    execFileSync(binary, args, { encoding: 'utf8', timeout: 60_000, input, cwd: root, stdio: 'pipe' });
  return {
    template(chart, namespace, values = {}) {
      const text = helm(['template', 'line', chart, '-n', namespace, '-f', '-'], JSON.stringify(values));
      return parseAllDocuments(text)
        .map((document) => document.toJS() as Manifest | null)
        .filter((manifest) => manifest !== null);
    },
    lint: (chart) => helm(['lint', '--strict', chart]),
  };
}

async function build(): Promise<void> {
  const partial = `${kept}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const env = { ...process.env, GOBIN: partial, CGO_ENABLED: '0', GOFLAGS: '' };
    const args = ['install', '-ldflags', '-s -w', `helm.sh/helm/v4/cmd/helm@${version}`];
    await run('nice', ['-n', '10', 'go', ...args], { env, timeout: 1_800_000, maxBuffer: 64 * 1024 * 1024 });
    if (!existsSync(kept)) renameSync(partial, kept);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
