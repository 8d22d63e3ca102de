import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Manifest, render, root } from '../kubernetes/render.ts';
import { DefaultValues } from './default-values.ts';
import { type ChartParts, templateOf } from './role-templates.ts';
import { TemplateText } from './template-text.ts';
import { Values } from './values.ts';
import { commented } from './values-text.ts';

export const chartFolder = 'deploy/helm/longwire';
const line = 'push';
const roles = ['cm', 'im', 'user-redis', 'user-mysql', 'console'];
const head = '# Made by scripts/helm/chart.ts from k8s/: change it there.\n';

/**
 * The files of the chart that are made of the kustomize base, by their path in the chart: templates, values and their schema.
 * Written by hand are the helpers, the ConfigMap, and what leads to the stores and to the main service.
 */
export function chartFiles(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const manifests = render(`k8s/overlays/${line}`);
  const parts: ChartParts = { text: new TemplateText(), values: new DefaultValues() };
  addByHand(parts.values, manifests);
  const write = (chosen: Manifest[], condition?: string): string => {
    const text = parts.text.write(chosen.map((manifest) => templateOf(manifest, parts)));
    return head + (condition === undefined ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`);
  };
  const of = (...kinds: string[]): Manifest[] => manifests.filter(({ kind }) => kinds.includes(kind));
  const ofRole = (role: string): Manifest[] =>
    of('Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy').filter(
      ({ metadata }) => metadata.name === role || (role === 'console' && metadata.name.endsWith('-instances')),
    );
  const denied = of('NetworkPolicy').filter(({ metadata }) => ['default-deny', 'dns'].includes(metadata.name));
  const scaled = render('test/k8s/options').filter(({ apiVersion }) => apiVersion.startsWith('keda.sh/'));
  const files = {
    ...Object.fromEntries(roles.map((role) => [`templates/${role}.yaml`, write(ofRole(role))])),
    'templates/network-policies.yaml': write(denied),
    'templates/quota.yaml': write(of('ResourceQuota', 'LimitRange'), '.Values.quota.enabled'),
    'templates/migrations.yaml': write(render(`k8s/overlays/${line}/migrations`), '.Values.migrations.enabled'),
    'templates/autoscaling.yaml': write(scaled, '.Values.autoscaling.enabled'),
  };
  return {
    ...files,
    'values.yaml': head + commented(parts.values.all, Values),
    'values.schema.json': `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...Values }, null, 2)}\n`,
    'Chart.yaml': head + chartOf(version),
  };
}

function chartOf(version: string): string {
  return stringify({
    apiVersion: 'v2',
    name: 'longwire',
    description: 'One product line of Longwire, a self-hosted push system',
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.30.0-0',
  });
}

/** What templates that are written by hand ask for. */
function addByHand(values: DefaultValues, manifests: Manifest[]): void {
  const config = { ...(manifests.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>) };
  for (const ofLine of ['LONGWIRE_TOPIC_PREFIX', 'LONGWIRE_KEY_PREFIX']) delete config[ofLine];
  values.add('line', line);
  values.add('images.registry', 'longwire');
  values.add('images.tag', '');
  values.add('config', config);
  for (const slice of manifests.filter(({ kind }) => kind === 'EndpointSlice')) {
    const store = slice.metadata.labels!['kubernetes.io/service-name']!;
    const [{ port } = { port: 0 }] = slice['ports'] as { port: number }[];
    const addresses = (slice['endpoints'] as { addresses: string[] }[]).flatMap((one) => one.addresses);
    values.add(`stores.${store}`, { ...(store !== 'kafka' && { hostName: '' }), addresses, blocks: [], port });
  }
  values.add('mainService', { namespace: 'longwire-monitoring', addresses: [], blocks: [], port: 9090 });
  values.add('agent.enabled', true);
  values.add('migrations.enabled', true);
  values.add('quota.enabled', true);
  values.add('autoscaling.enabled', false);
}
