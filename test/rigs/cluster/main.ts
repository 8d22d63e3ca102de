import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from './cluster.ts';
import { saveImages } from './images.ts';
import { versionOf } from './parts.ts';

/**
 * A command with a cluster of one node that has the images of both lines, built from this checkout, and of stores: `node
 * test/rigs/cluster/main.ts COMMAND…`, as root (Node 26). The command runs in the cluster's network, its KUBECONFIG says where the cluster
 * is, LONGWIRE_K8S_OWN_CLUSTER its version, and when it ends so does the cluster.
 */
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('which command is to be run?');
const say = (text: string): void => void process.stdout.write(`longwire: ${text}\n`);

const folder = mkdtempSync(join(tmpdir(), 'longwire-cluster-'));
try {
  const images = join(folder, 'images.tar');
  say('building images …');
  await saveImages(images);
  const cluster = await startCluster(say);
  try {
    await cluster.load(images);
    say(`the cluster is ready: Kubernetes ${versionOf('kubernetes')}`);
    process.exitCode = await run(...cluster.inside(command, args), cluster.kubeconfig);
  } finally {
    await cluster.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns its exit code. A signal that would end this process ends the command, and then the cluster in order. */
function run(program: string, args: string[], kubeconfig: string): Promise<number> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, LONGWIRE_K8S_OWN_CLUSTER: versionOf('kubernetes') };
  const child = spawn(program, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
