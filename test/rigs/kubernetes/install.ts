import { type Manifest, render } from '../../../scripts/kubernetes/render.ts';
import { roles } from '../../../scripts/up/args.ts';
import type { Installation } from '../../../scripts/up/installation.ts';
import { fitTo } from './fit.ts';
import type { Kubectl } from './kubectl.ts';
import { tailOf } from './pod-logs.ts';
import { serverOf } from './server.ts';
import { database, placeStores, type Stores } from './stores.ts';

export interface InstallOptions {
  kubectl: Kubectl;
  namespace: string;
  stores: Stores;
  /** Where agents send to; without one they keep what they have. */
  mainService?: MainService | undefined;
  installation: Installation;
  say: (line: string) => void;
}

/** A Prometheus that pods reach at this address, and whom it takes samples from. */
export interface MainService {
  address: string;
  port: number;
  user: string;
  password: string;
}

/** On the namespace and on what is made of the cluster's: by it all of a run is found again. */
export const runLabel = 'longwire.test/run';

/**
 * Installs the line "push" as docs/operations.md says, with the Job of migrations first, and waits until all of it is ready.
 *
 * @throws Error with what the Job said, if it fails.
 */
export async function installLine(options: InstallOptions): Promise<void> {
  const { kubectl, namespace, stores, mainService, say } = options;
  const own = ['-n', namespace];
  const ports = { redis: stores.redis.port, mysql: stores.mariadb.port, kafka: stores.kafka.port };
  const [line, migrations, cluster] = ['test/k8s/cluster', 'test/k8s/cluster/migrations', 'k8s/cluster'].map(render);
  const server = await serverOf(kubectl, [...line!, ...migrations!, ...cluster!]);
  const fitted = (manifests: Manifest[]): Manifest[] => {
    const placed = placeStores(manifests, stores.address, ports);
    const { manifests: fitting, leftOut } = fitTo(
      server,
      mainService ? placeStores(placed, mainService.address, { 'main-service': mainService.port }) : placed,
    );
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
  if (missing.length > 0) await apply(missing);

  const [space, ...rest] = fitted(line!).sort(namespaceFirst);
  await apply([space!, ...secrets(options)]);
  // The Job calls a store by its Service's name.
  const isRole = ({ kind }: Manifest): boolean => kind === 'Deployment';
  const [job] = fitted(migrations!);
  await apply([...rest.filter((manifest) => !isRole(manifest)), job!]);
  const complete = ['wait', '--for=condition=complete', '--timeout=300s', `job/${job!.metadata.name}`];
  await kubectl.run([...own, ...complete], { timeoutMs: 320_000 }).catch((error: Error) => {
    throw new Error(`${error.message}\n${tailOf(kubectl, namespace, 'migrations')}`, { cause: error });
  });
  await apply(rest.filter(isRole));
  for (const role of [...roles, 'console']) {
    const args = ['rollout', 'status', `deployment/${role}`, '--timeout=600s'];
    await kubectl.run([...own, ...args], { timeoutMs: 620_000 });
  }
}

/** Takes away all that a run made, and waits for it. */
export async function removeLine(kubectl: Kubectl, namespace: string): Promise<void> {
  const selected = ['-l', `${runLabel}=${namespace}`];
  await kubectl.run(['delete', 'namespaces,priorityclasses', ...selected], { timeoutMs: 300_000 });
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
function secrets({ installation, stores, namespace, mainService }: InstallOptions): object[] {
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
      ...{ subject: 'mailto:operator@example.com', 'public-key': webPush.publicKey },
      'private-key': webPush.privateKey,
    },
    ...(mainService && { 'longwire-main-service': { user: mainService.user, token: mainService.password } }),
  };
  return Object.entries(values).map(([name, stringData]) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData },
  }));
}
