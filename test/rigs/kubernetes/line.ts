import { mkdirSync } from 'node:fs';
import { roles } from '../../../scripts/up/args.ts';
import { ensureApp } from '../../../scripts/up/demo-app.ts';
import { type Installation, openInstallation } from '../../../scripts/up/installation.ts';
import type { RunFile, RunningProcess } from '../../../scripts/up/run-file.ts';
import { type Manifest, render } from '../../k8s/render.ts';
import { waitFor } from '../process.ts';
import type { TestSystem } from '../system.ts';
import { loopback } from '../test-host.ts';
import { fitTo } from './fit.ts';
import type { Kubectl } from './kubectl.ts';
import { type Pod, Pods } from './pods.ts';
import { serverOf } from './server.ts';
import { addressTowards, database, placeStores, type Stores, startStores } from './stores.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

export interface LineOptions {
  kubectl: Kubectl;
  /** Made by this, and removed with all that is in it. What it makes of the cluster's has its name in a label. */
  namespace: string;
  /** For what the stores keep. */
  dir: string;
  say: (line: string) => void;
}

/** The line "push" in a cluster, its stores on this machine. */
export interface Line extends TestSystem {
  /** Deletes the pod as whoever drains its node does, and doesn't wait for its end. */
  delete(instance: string): Promise<Pod>;
}

const opsPort = 7100;
/** By which `scripts/test-k8s.js` finds what a run left that was ended. */
const runLabel = 'longwire.test/run';

/**
 * Installs the line as docs/operations.md says, and waits until all of it is ready.
 *
 * @throws Error with what the pods' logs say, if it doesn't become so.
 */
export async function startLine({ kubectl, namespace, dir, say }: LineOptions): Promise<Line> {
  const own = ['-n', namespace];
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const logs = (): string => roles.map((role) => tailOf(kubectl, namespace, role)).join('\n');
  try {
    const node = await nodeAddress(kubectl);
    mkdirSync(dir, { recursive: true });
    const stores = await startStores(dir, await addressTowards(node));
    undo.push(() => stores.stop());

    const ports = { redis: stores.redis.port, mysql: stores.mariadb.port, kafka: stores.kafka.port };
    const [line, migrations, cluster] = ['test/k8s/cluster', 'test/k8s/cluster/migrations', 'k8s/cluster'].map(render);
    const server = await serverOf(kubectl, [...line!, ...migrations!, ...cluster!]);
    const fitted = (manifests: Manifest[]): Manifest[] => {
      const { manifests: fitting, leftOut } = fitTo(server, placeStores(manifests, stores.address, ports));
      for (const one of leftOut) say(`left out for this server (1.${server.minor}): ${one}`);
      return fitting.map((manifest) => inNamespace(manifest, namespace));
    };
    const apply = (manifests: object[]): Promise<string> =>
      kubectl.run(['apply', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
      });

    const classes = fitted(cluster!).filter(({ kind }) => kind === 'PriorityClass');
    const known = (await kubectl.run(['get', 'priorityclasses', '-o', 'name'])).split('\n');
    const missing = classes.filter(({ metadata }) => !known.some((name) => name.endsWith(`/${metadata.name}`)));
    undo.push(() => kubectl.run(removal(namespace), { timeoutMs: 300_000 }));
    if (missing.length > 0) await apply(missing);

    const [space, ...rest] = fitted(line!).sort(namespaceFirst);
    const installation = openInstallation(dir, 'kafka');
    await apply([space!, ...secrets(installation, stores, namespace)]);
    // The Job calls a store by its Service's name.
    const isRole = ({ kind }: Manifest): boolean => kind === 'Deployment';
    const [job] = fitted(migrations!);
    await apply([...rest.filter((manifest) => !isRole(manifest)), job!]);
    const complete = ['wait', '--for=condition=complete', '--timeout=120s', `job/${job!.metadata.name}`];
    await kubectl.run([...own, ...complete], { timeoutMs: 150_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${tailOf(kubectl, namespace, 'migrations')}`, { cause: error });
    });
    await apply(rest.filter(isRole));
    for (const role of roles) {
      const args = ['rollout', 'status', `deployment/${role}`, '--timeout=180s'];
      await kubectl.run([...own, ...args], { timeoutMs: 200_000 });
    }

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
      ...{ dataDir: dir, testHost: loopback, run, processOf, stop, logs },
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

/** What kubectl is told to remove all that a test made. */
function removal(namespace: string): string[] {
  return ['delete', 'namespaces,priorityclasses', '-l', `${runLabel}=${namespace}`];
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  const { metadata } = manifest;
  if (metadata.namespace !== undefined) return { ...manifest, metadata: { ...metadata, namespace } };
  const name = manifest.kind === 'Namespace' ? namespace : metadata.name;
  return { ...manifest, metadata: { ...metadata, name, labels: { ...metadata.labels, [runLabel]: namespace } } };
}

function namespaceFirst(a: Manifest, b: Manifest): number {
  return Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace');
}

/** Those that k8s/secrets.example names and this line needs. */
function secrets(installation: Installation, stores: Stores, namespace: string): object[] {
  const { internalSecret, identityKey, tokenKey, webPush } = installation;
  // Under the names that pods use: the Services without selector lead to the stores.
  const { password } = new URL(stores.mariadb.url);
  const values = {
    'longwire-internal': { secrets: internalSecret },
    'longwire-identity': { keys: identityKey },
    'longwire-tokens': { keys: tokenKey },
    'longwire-redis': { url: `redis://:${stores.redis.password}@redis:6379/0` },
    'longwire-mysql': { url: `mysql://longwire:${password}@mysql:3306/${database}` },
    'longwire-web-push': {
      ...{ subject: 'mailto:longwire@localhost', 'public-key': webPush.publicKey },
      'private-key': webPush.privateKey,
    },
  };
  return Object.entries(values).map(([name, stringData]) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData },
  }));
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

function tailOf(kubectl: Kubectl, namespace: string, component: string): string {
  const selected = ['-l', `app.kubernetes.io/component=${component}`];
  const about = ['get', 'pods', ...selected, '-o', 'wide'];
  const said = ['logs', ...selected, '--tail=15', '--prefix'];
  const events = ['get', 'events', '--field-selector', 'type=Warning', '--sort-by', '.lastTimestamp'];
  return [about, said, events]
    .map((args) => {
      try {
        return kubectl
          .runSync(['-n', namespace, ...args])
          .split('\n')
          .slice(-30)
          .join('\n');
      } catch (error) {
        return (error as Error).message;
      }
    })
    .join('\n');
}
