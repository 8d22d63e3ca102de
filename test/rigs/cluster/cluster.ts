import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess, waitFor } from '../process.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
/** Kept from run to run: building takes minutes. */
const parts = join(here, '../../../.cache/cluster/kubernetes-1.20.2');

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
 * Starts a cluster and waits until its node is ready. Its parts are built the first time.
 *
 * @throws Error with the last of what its parts said.
 */
export async function startCluster(say: (line: string) => void): Promise<Cluster> {
  if (!existsSync(parts)) {
    say('building Kubernetes 1.20.2 from its source package, which takes about ten minutes …');
    await run('nice', ['-n', '10', join(here, 'build.sh'), parts], { timeout: 3_600_000, maxBuffer: 64 * 1024 * 1024 });
  }
  // The path of its sockets has to be short.
  const dir = mkdtempSync(join(tmpdir(), 'cluster-'));
  const kubeconfig = writeCredentials(dir);
  const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const node = await startProcess({
    command: 'unshare',
    args: [...own, join(here, 'node.sh'), dir, parts, nodeAddress],
    logFile: join(dir, 'logs/node.log'),
  });
  const first = (): string => readFileSync(`/proc/${node.pid}/task/${node.pid}/children`, 'utf8').trim();
  const inside: Cluster['inside'] = (command, args) => ['nsenter', ['-t', first(), '--net', command, ...args]];
  const engine = async (args: string[], timeoutMs = 60_000): Promise<string> => {
    const enter = ['-t', first(), '--net', '--mount', '--pid', '/usr/bin/docker'];
    const { stdout } = await run('nsenter', [...enter, '-H', `unix://${dir}/docker.sock`, ...args], {
      timeout: timeoutMs,
    });
    return stdout;
  };
  const stop = async (): Promise<void> => {
    // The engine takes their control groups along, which are the machine's.
    const containers = (await engine(['ps', '-aq']).catch(() => '')).split('\n').filter(Boolean);
    if (containers.length > 0) await engine(['rm', '-f', ...containers]).catch(() => {});
    await node.end('SIGKILL');
    await waitFor('its folder is free', () => removed(dir), 20_000, 200);
  };
  const kubectl = (args: string[]): string => {
    const [command, all] = inside('kubectl', ['--kubeconfig', kubeconfig, ...args]);
    return execFileSync(command, all, { encoding: 'utf8', timeout: 20_000, stdio: 'pipe' });
  };
  try {
    const died = node.ended.then(() => {
      throw new Error('it ended at once');
    });
    const ready = (): boolean => /^node-1 +Ready /.test(kubectl(['get', 'nodes', '--no-headers']));
    await Promise.race([waitFor('its node is ready', ready, 120_000, 500), died]);
  } catch (error) {
    const said = tailsOf(join(dir, 'logs'));
    await stop();
    throw new Error(`the cluster does not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
  const load = async (tar: string): Promise<void> => {
    await engine(['load', '-q', '-i', tar], 300_000);
  };
  return { kubeconfig, inside, load, stop };
}

/** One account, who may do everything, for parts and people alike. */
function writeCredentials(dir: string): string {
  const token = randomBytes(16).toString('hex');
  writeFileSync(join(dir, 'tokens'), `${token},longwire,longwire,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const name = 'longwire-one-node';
  const cluster = { server: `https://${nodeAddress}:6443`, 'insecure-skip-tls-verify': true };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const file = join(dir, 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  mkdirSync(join(dir, 'logs'));
  return file;
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
