import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Manifest, podsOf } from '../../../scripts/kubernetes/render.ts';
import { folderOf, kedaImages, versionOf } from '../cluster/parts.ts';
import type { Kubectl } from './kubectl.ts';

const limitMs = 300_000;

/** Installs KEDA's operator and metrics server by the manifests of its own module, and waits until the API has its figures. */
export async function installKeda(kubectl: Kubectl): Promise<string> {
  const folder = join(folderOf('keda'), 'config/minimal');
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  for (const { template } of podsOf(manifests)) {
    const [container] = template.spec.containers;
    const image = container!.name === 'keda-operator' ? kedaImages.operator : kedaImages.adapter;
    // Whoever made the image named no user in it.
    Object.assign(container!, { image, imagePullPolicy: 'Never' });
    Object.assign(container!.securityContext!, { runAsUser: 1000 });
    // Without its webhooks, which only check what is applied.
    if (container!.name === 'keda-operator') (container!['args'] as string[]).push('--enable-webhook-patching=false');
  }
  const apply = (items: Manifest[]): Promise<string> =>
    // What is applied otherwise keeps a copy of all in an annotation, for which two of the kinds are too large.
    kubectl.run(['apply', '--server-side', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
      timeoutMs: limitMs,
    });
  const isFirst = ({ kind }: Manifest): boolean => ['Namespace', 'CustomResourceDefinition'].includes(kind);
  await apply(manifests.filter(isFirst));
  await apply(manifests.filter((manifest) => !isFirst(manifest)));
  for (const name of ['keda-operator', 'keda-metrics-apiserver']) {
    const status = ['-n', 'keda', 'rollout', 'status', `deployment/${name}`, `--timeout=${limitMs / 1_000}s`];
    await kubectl.run(status, { timeoutMs: limitMs + 10_000 });
  }
  const available = [
    'wait',
    '--for=condition=Available',
    '--timeout=120s',
    'apiservice/v1beta1.external.metrics.k8s.io',
  ];
  await kubectl.run(available, { timeoutMs: 130_000 });
  return versionOf('keda');
}
