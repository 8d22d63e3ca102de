import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from '../certificate.ts';
import { waitFor } from '../process.ts';
import type { Kubectl } from './kubectl.ts';

const group = 'external.metrics.k8s.io';
const version = 'v1beta1';
const base = `/apis/${group}/${version}`;
const own = { name: 'longwire-external-metrics', namespace: 'kube-system' };

/** Answers with the value of a figure; undefined if nobody knows it. */
export type Figure = () => Promise<number | undefined>;

/**
 * What autoscalers of a cluster read as external metrics, served by this process: an APIService that leads to it, by a Service with its
 * address. Figures are asked for by name, in any namespace.
 */
export async function serveExternalMetrics(
  kubectl: Kubectl,
  address: string,
  figures: ReadonlyMap<string, Figure>,
): Promise<() => Promise<void>> {
  const { cert, key } = selfSignedCertificate();
  const server = createServer({ cert, key }, (request, response) => {
    answer(new URL(request.url ?? '/', 'https://localhost').pathname, figures)
      .catch((error: Error) => ({ status: 500, body: { message: error.message } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const labels = { 'kubernetes.io/service-name': own.name };
  const ports = [{ name: 'https', port: 443, targetPort: port, protocol: 'TCP' }];
  const items = [
    { apiVersion: 'v1', kind: 'Service', metadata: own, spec: { ports } },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...own, labels } },
      ...{
        addressType: 'IPv4',
        endpoints: [{ addresses: [address] }],
        ports: [{ name: 'https', port, protocol: 'TCP' }],
      },
    },
    {
      ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${version}.${group}` } },
      spec: {
        service: own,
        group,
        version,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
    },
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const close = async (): Promise<void> => {
    await kubectl.run(['delete', '--ignore-not-found', '-f', '-'], { input });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    await kubectl.run(['apply', '-f', '-'], { input });
    const available = (): Promise<boolean> => kubectl.run(['get', '--raw', base]).then(() => true);
    await waitFor('the figures are served', available, 60_000, 500);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function answer(path: string, figures: ReadonlyMap<string, Figure>): Promise<{ status: number; body: object }> {
  if (path === base) {
    const resource = { singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] };
    const resources = [...figures.keys()].map((name) => ({ name, ...resource }));
    return {
      status: 200,
      body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/${version}`, resources },
    };
  }
  const [, name] = new RegExp(`^${base}/namespaces/[^/]+/([^/]+)$`).exec(path) ?? [];
  const value = name === undefined ? undefined : await figures.get(name)?.();
  if (value === undefined)
    return { status: 404, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 } };
  const item = { metricName: name, metricLabels: {}, timestamp: new Date().toISOString() };
  const body = { kind: 'ExternalMetricValueList', apiVersion: `${group}/${version}`, metadata: {} };
  // In thousandths, as quantities are written.
  return { status: 200, body: { ...body, items: [{ ...item, value: `${Math.round(value * 1_000)}m` }] } };
}
