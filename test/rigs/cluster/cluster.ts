import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { tagOf } from '../containers/public-images.ts';
import { startProcess, waitFor } from '../process.ts';
import { removeControlGroups } from './control-groups.ts';
import { writeCredentials } from './credentials.ts';
import { type Parts, provideParts } from './parts.ts';
import { writeScratchImage } from './scratch-image.ts';

const run = promisify(execFile);
const here = import.meta.dirname;

/** The node's address, and that of servers which stand beside the cluster. */
export const nodeAddress = '10.90.0.1';

/** A Kubernetes of one node, and a network in which it and whatever is run `inside` are alone. */
export interface Cluster {
  /** Opens it for kubectl, from inside. */
  readonly kubeconfig: string;
  /** How a command is run in its network. */
  inside(command: string, args: string[]): [string, string[]];
  /** Gives the node the images of a tar, as `docker save` writes it. */
  load(tar: string): Promise<void>;
  /** Ends it and all that ran in it, and removes what it kept. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster and waits until its node is ready and names are answered. Its parts are built the first time.
 *
 * @throws Error with the last of what its parts said.
 */
export async function startCluster(say: (line: string) => void): Promise<Cluster> {
  const parts = await provideParts(say);
  const { kubernetes, policies } = parts;
  // The path of its sockets has to be short.
  const dir = mkdtempSync(join(tmpdir(), 'cluster-'));
  mkdirSync(join(dir, 'logs'));
  const kubeconfig = writeCredentials(dir, `https://${nodeAddress}:6443`);
  const images = writeImages(dir, parts);
  const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const node = await startProcess({
    command: 'unshare',
    args: [...own, join(here, 'node.sh'), dir, kubernetes, policies, here, nodeAddress],
    logFile: join(dir, 'logs/node.log'),
  });
  const first = (): string => readFileSync(`/proc/${node.pid}/task/${node.pid}/children`, 'utf8').trim();
  const inside: Cluster['inside'] = (command, args) => ['nsenter', ['-t', first(), '--net', command, ...args]];
  const load = async (tar: string): Promise<void> => {
    const images = ['-a', `${dir}/containerd.sock`, '-n', 'k8s.io', 'images', 'import', tar];
    await run('nsenter', ['-t', first(), '--net', '--mount', '--pid', 'ctr', ...images], { timeout: 300_000 });
  };
  const stop = async (): Promise<void> => {
    await node.end('SIGKILL');
    const groups = (): boolean => removeControlGroups(basename(dir));
    await waitFor('its control groups are gone', groups, 20_000, 200);
    await waitFor('its folder is free', () => removed(dir), 20_000, 200);
  };
  const kubectl = async (args: string[]): Promise<string> => {
    const [command, all] = inside('kubectl', ['--kubeconfig', kubeconfig, ...args]);
    return (await run(command, all, { timeout: 100_000 })).stdout;
  };
  const nodeReady = async (): Promise<boolean> => {
    const nodes = await kubectl(['get', 'nodes', '--no-headers']).catch(() => '');
    return /^node-1 +Ready /.test(nodes);
  };
  const prepare = async (): Promise<void> => {
    await waitFor('its node is ready', nodeReady, 120_000, 500);
    for (const image of images) await load(image);
    await kubectl(['apply', '-f', join(here, 'dns/cluster.yaml'), '-f', join(here, 'volumes.yaml')]);
    await kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s']);
  };
  try {
    const died = node.ended.then(() => {
      throw new Error('it ended at once');
    });
    await Promise.race([prepare(), died]);
  } catch (error) {
    const said = tailsOf(join(dir, 'logs'));
    await stop();
    throw new Error(`the cluster does not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
  return { kubeconfig, inside, load, stop };
}

/** Those that are one or two static programs. @returns their files; the first, which pods are made with, is loaded by node.sh */
function writeImages(dir: string, { kubernetes, dns, prometheus }: Parts): string[] {
  const write = (name: string, tag: string, programs: [string, ...string[]], folder?: string): string => {
    const file = join(dir, `${name}.tar`);
    writeScratchImage(programs, tag, file, folder);
    return file;
  };
  write('pause', 'longwire.test/pause:1', [join(kubernetes, 'pause')]);
  return [
    write('coredns', 'longwire.test/coredns:1', [join(dns, 'coredns')]),
    write('prometheus', tagOf('prometheus'), [join(prometheus, 'prometheus'), join(prometheus, 'promtool')], 'bin'),
  ];
}

/** Processes that are just ending may still write into it. */
function removed(dir: string): boolean {
  rmSync(dir, { recursive: true, force: true });
  return !existsSync(dir);
}

function tailsOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => `--- ${name}\n${readFileSync(join(folder, name), 'utf8').split('\n').slice(-12).join('\n')}`)
    .join('\n');
}
