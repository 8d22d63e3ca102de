import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '../process.ts';
import type { Kubectl } from './kubectl.ts';

const run = promisify(execFile);
const module = { folder: join(import.meta.dirname, '../cluster/keda'), path: 'github.com/kedacore/keda/v2' };

/** Makes KEDA's kinds known to the cluster, as its own module defines them, without its operator. @returns its version */
export async function installKedaKinds(kubectl: Kubectl): Promise<string> {
  const download = ['mod', 'download', '-json', module.path];
  const { stdout } = await run('go', download, { cwd: module.folder, timeout: 300_000 });
  const { Dir, Version } = JSON.parse(stdout) as { Dir: string; Version: string };
  const options = { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024, timeout: 60_000 } as const;
  const input = execFileSync('kubectl', ['kustomize', join(Dir, 'config/crd')], options);
  // What is applied otherwise keeps a copy of all in an annotation, for which two of the kinds are too large.
  await kubectl.run(['apply', '--server-side', '-f', '-'], { input, timeoutMs: 120_000 });
  // Their conditions may not be there yet, which `kubectl wait` takes for a fault.
  const served = (): Promise<boolean> =>
    kubectl.run(['get', 'scaledobjects,triggerauthentications', '--all-namespaces']).then(() => true);
  await waitFor("KEDA's kinds are served", served, 60_000, 500);
  return Version;
}
