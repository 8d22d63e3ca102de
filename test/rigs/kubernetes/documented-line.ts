import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFile } from '../../../scripts/up/run-file.ts';
import { waitFor } from '../process.ts';
import { Upstream } from '../upstream.ts';
import { blockOf, type Operator } from './documented.ts';
import type { Kubectl } from './kubectl.ts';

/** A line that was installed by docs/operations.md, with an app. */
export interface DocumentedLine {
  readonly namespace: string;
  readonly upstream: Upstream;
  deviceOptions(): { url: string; appId: string; appSecret: string };
  close(): Promise<void>;
}

/** Puts components behind those that the overlay of a line has: what they change has to be there before them. */
export function addComponents(operator: Operator, line: string, ...components: string[]): void {
  operator.edit(`k8s/overlays/${line}/kustomization.yaml`, (text) =>
    text.replace(/^components: \[(.*)\]$/m, (_, there) => `components: [${[there, ...components].join(', ')}]`),
  );
}

/** What an overlay is given for a small node, last of all. */
export const smallNode = '../../../test/k8s/small';

/** The edit of step 1 for stores in the cluster, and the volumes that the page has as an example. */
export function putStoresIntoCluster(operator: Operator, line: string): void {
  operator.edit(`k8s/overlays/${line}/stores/kustomization.yaml`, (text) =>
    text.replace('resources: [addresses.yaml]\n', '').replace('/external-stores', '/in-cluster-stores'),
  );
  writeFileSync(join(operator.folder, 'volumes.yaml'), blockOf('file', 'volumes.yaml'));
}

/** The edit of step 1 for stores at one address, which listen at their usual ports. */
export function putStoresAt(operator: Operator, line: string, address: string): void {
  operator.edit(`k8s/overlays/${line}/stores/addresses.yaml`, (text) =>
    text
      .replace(/^ +- (addresses: \[|ipBlock: \{ cidr: )192\.0\.2\.3[23].*\n/gm, '')
      .replaceAll(/192\.0\.2\.\d+/g, address),
  );
}

/** The files of step 2. */
export function writeUrls(operator: Operator, urls: { redis: string; mysql: string }): void {
  for (const [name, url] of Object.entries(urls)) writeFileSync(join(operator.folder, `${name}-url`), `${url}\n`);
}

/** Makes an app as step 5 says, and opens the line from outside: at the ports of the node. */
export async function openLine(kubectl: Kubectl, operator: Operator, line: string): Promise<DocumentedLine> {
  const namespace = `longwire-${line}`;
  const close = await operator.start('port', /Forwarding from/, line);
  let said: string;
  try {
    said = await operator.run('app', line);
  } finally {
    await close();
  }
  const field = (name: string): string => {
    const value = new RegExp(`^${name} +(\\S+)$`, 'm').exec(said)?.[1];
    if (value === undefined) throw new Error(`the answer has no ${name}`);
    return value;
  };
  const app = Object.fromEntries(
    (['appId', 'appKey', 'masterSecret', 'appSecret'] as const).map((name) => [name, field(name)]),
  ) as unknown as RunFile['app'];
  const node = await kubectl.run(['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}']);
  const port = (service: string): Promise<string> =>
    kubectl.run(['-n', namespace, 'get', 'service', service, '-o', 'jsonpath={.spec.ports[0].nodePort}']);
  const [api, sdk] = [`http://${node}:${await port('im')}`, `ws://${node}:${await port('cm')}/sdk/v1`];
  const run = { api, sdk, app } as RunFile;
  const upstream = await waitFor('the API gives a token', () => Upstream.open(run), 60_000, 500);
  return {
    namespace,
    upstream,
    deviceOptions: () => ({ url: sdk, appId: app.appId, appSecret: app.appSecret }),
    close: () => upstream.close(),
  };
}

/** A value of a Secret. */
export async function secretOf(kubectl: Kubectl, namespace: string, name: string, key: string): Promise<string> {
  const path = `jsonpath={.data.${key}}`;
  return Buffer.from(await kubectl.run(['-n', namespace, 'get', 'secret', name, '-o', path]), 'base64').toString();
}
