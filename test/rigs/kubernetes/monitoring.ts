import { type Manifest, render } from '../../../scripts/kubernetes/render.ts';
import { type MainService, runLabel } from './install.ts';
import type { Kubectl } from './kubectl.ts';
import { tailOf } from './pod-logs.ts';

export const monitoringNamespace = 'longwire-monitoring';

/** No package has it, and no image of it can be made without its registry. */
const withoutImage = ['grafana'];

export interface MonitoringOptions {
  kubectl: Kubectl;
  /** By this the namespace is found again, and removed with the line (`removeLine`). */
  run: string;
  say: (line: string) => void;
}

/**
 * Installs k8s/monitoring, less what no image can be had of, and waits until it is ready. The cluster has a volume for its
 * Prometheus.
 *
 * @returns where agents are to send to
 */
export async function installMonitoring({ kubectl, run, say }: MonitoringOptions): Promise<MainService> {
  const own = ['-n', monitoringNamespace];
  const needsImage = ({ kind, metadata }: Manifest): boolean =>
    kind === 'Deployment' && withoutImage.includes(metadata.name);
  const all = render('k8s/monitoring');
  for (const { metadata } of all.filter(needsImage))
    say(`left out of monitoring, as there is no image: ${metadata.name}`);
  const items = all.filter((manifest) => !needsImage(manifest)).map((manifest) => labelled(manifest, run));
  const namespaces = items.filter(({ kind }) => kind === 'Namespace');
  for (const some of [namespaces, items.filter(({ kind }) => kind !== 'Namespace')]) {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: some });
    await kubectl.run(['apply', '-f', '-'], { input });
  }
  for (const what of ['statefulset/prometheus', 'deployment/alertmanager']) {
    const status = ['rollout', 'status', what, '--timeout=120s'];
    await kubectl.run([...own, ...status], { timeoutMs: 140_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${tailOf(kubectl, monitoringNamespace, 'prometheus')}`, { cause: error });
    });
  }
  const address = await kubectl.run([...own, 'get', 'pod', 'prometheus-0', '-o', 'jsonpath={.status.podIP}']);
  return { address, port: 9090 };
}

/** What Prometheus answers to a query: values by the labels named. */
export async function figures(kubectl: Kubectl, query: string, by: string[]): Promise<Record<string, number>> {
  const service = `/api/v1/namespaces/${monitoringNamespace}/services/prometheus:9090/proxy`;
  const answer = await kubectl.run(['get', '--raw', `${service}/api/v1/query?query=${encodeURIComponent(query)}`]);
  const { data } = JSON.parse(answer) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return Object.fromEntries(
    data.result.map(({ metric, value }) => [by.map((label) => metric[label]).join(' '), Number(value[1])]),
  );
}

function labelled(manifest: Manifest, run: string): Manifest {
  if (manifest.kind !== 'Namespace') return manifest;
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, [runLabel]: run } } };
}
