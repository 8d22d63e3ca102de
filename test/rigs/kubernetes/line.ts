import { mkdirSync } from 'node:fs';
import { roles } from '../../../scripts/up/args.ts';
import { ensureApp } from '../../../scripts/up/demo-app.ts';
import { openInstallation } from '../../../scripts/up/installation.ts';
import type { RunFile, RunningProcess } from '../../../scripts/up/run-file.ts';
import { waitFor } from '../process.ts';
import type { TestSystem } from '../system.ts';
import { loopback } from '../test-host.ts';
import { installLine, type MainService, removeLine } from './install.ts';
import type { Kubectl } from './kubectl.ts';
import { tailOf } from './pod-logs.ts';
import { type Pod, Pods } from './pods.ts';
import { addressTowards, database, type Stores, startStores } from './stores.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

export interface LineOptions {
  kubectl: Kubectl;
  /** Made by this, and removed with all that is in it. What it makes of the cluster's has its name in a label. */
  namespace: string;
  /** For what the stores keep. */
  dir: string;
  mainService?: MainService | undefined;
  say: (line: string) => void;
}

/** The line "push" in a cluster, its stores on this machine. */
export interface Line extends TestSystem {
  readonly stores: Stores;
  /** The pod that has this instance's place. */
  podOf(instance: string): Pod;
  /** Deletes the pod as whoever drains its node does, and doesn't wait for its end. */
  delete(instance: string): Promise<Pod>;
}

const opsPort = 7100;
/**
 * Starts stores, installs the line and opens what tests need of it.
 *
 * @throws Error with what the pods' logs say, if it doesn't become so.
 */
export async function startLine(options: LineOptions): Promise<Line> {
  const { kubectl, namespace, dir, mainService, say } = options;
  const own = ['-n', namespace];
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    const faults: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  };
  const logs = (): string => roles.map((role) => tailOf(kubectl, namespace, role)).join('\n');
  try {
    const node = await nodeAddress(kubectl);
    mkdirSync(dir, { recursive: true });
    const stores = await startStores(dir, await addressTowards(node));
    undo.push(() => stores.stop());

    const installation = openInstallation(dir, 'kafka');
    undo.push(() => removeLine(kubectl, namespace));
    await installLine({ kubectl, namespace, stores, mainService, installation, say });

    const proxy = await openTunnel(kubectl, ['proxy', '--port=0']);
    undo.push(() => proxy.close());
    const userMysql = await openTunnel(kubectl, [...own, 'port-forward', 'service/user-mysql', ':7102']);
    undo.push(() => userMysql.close());
    const app = await waitFor(
      'the app is made',
      () => ensureApp(userMysql.url, installation.internalSecret, installation.app),
      60_000,
      500,
    );
    const pods = new Pods(kubectl, namespace);
    const [api, sdk] = ['im', 'cm'].map((service) => `${node}:${portOf(kubectl, namespace, service)}`);
    const run = (): RunFile => ({
      api: `http://${api}`,
      sdk: `ws://${sdk}/sdk/v1`,
      webPush: { publicKey: installation.webPush.publicKey },
      app,
      internal: { userMysql: userMysql.url, secret: installation.internalSecret },
      get processes() {
        return [...processesOf(pods, proxy, namespace), ...storeProcesses(stores)];
      },
    });
    const processOf = (instance: string): RunningProcess => {
      const found = run().processes.find((one) => one.instance === instance);
      if (!found) throw new Error(`${instance} does not run`);
      return found;
    };
    const podOf = (instance: string): Pod => {
      const found = pods.now(roles).find((pod) => pod.instance === instance);
      if (!found) throw new Error(`${instance} is no pod that runs`);
      return found;
    };
    const deletion = (pod: Pod): string[] => [...own, 'delete', 'pod', pod.name, '--wait=false'];
    return {
      ...{ dataDir: dir, testHost: loopback, run, processOf, podOf, stores, stop, logs },
      async delete(instance) {
        const pod = podOf(instance);
        await kubectl.run(deletion(pod));
        pods.changed();
        return pod;
      },
      // A pod has two seconds then, whatever signal was meant: it is cut off in the middle of its stop.
      kill(instance) {
        const pod = podOf(instance);
        kubectl.runSync([...deletion(pod), '--grace-period=1']);
        pods.changed();
        return pod.number;
      },
    };
  } catch (error) {
    const said = logs();
    await stop();
    throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
  }
}

async function nodeAddress(kubectl: Kubectl): Promise<string> {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const [address] = (await kubectl.run(['get', 'nodes', '-o', `jsonpath=${path}`])).split(' ');
  if (!address) throw new Error('the cluster has no node with an address');
  return address;
}

function portOf(kubectl: Kubectl, namespace: string, service: string): string {
  return kubectl.runSync(['-n', namespace, 'get', 'service', service, '-o', 'jsonpath={.spec.ports[0].nodePort}']);
}

function processesOf(pods: Pods, proxy: Tunnel, namespace: string): RunningProcess[] {
  return pods.now(roles).map(({ role, instance, name, number }) => {
    const ops = `${proxy.url}/api/v1/namespaces/${namespace}/pods/${name}:${opsPort}/proxy`;
    return { role, instance, pid: number, health: `${ops}/health/ready`, metrics: `${ops}/metrics` };
  });
}

function storeProcesses({ redis, mariadb }: Stores): RunningProcess[] {
  const none = { health: null, metrics: null };
  return [
    { role: 'redis', instance: 'redis-1', pid: redis.pid, ...none, url: redis.url },
    { role: 'mariadb', instance: 'mariadb-1', pid: mariadb.pid, ...none, url: `${mariadb.url}/${database}` },
  ];
}
