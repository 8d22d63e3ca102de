import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chartFolder } from '../../scripts/helm/chart-files.ts';
import { kustomizeMissing, type Manifest, podsOf, render } from '../../scripts/kubernetes/render.ts';
import { constraintFaultsOf } from '../k8s/constraints.ts';
import { faultsOf } from '../k8s/schemas.ts';
import { type Helm, startHelm } from '../rigs/helm.ts';

const missing = kustomizeMissing() ?? goMissing();
let helm: Helm;

describe.skipIf(missing)(`the Helm chart${missing ? `: ${missing}` : ''}`, () => {
  beforeAll(async () => {
    helm = await startHelm();
  }, 1_800_000);

  test('helm lint finds nothing', () => {
    expect(helm.lint(chartFolder)).toContain('0 chart(s) failed');
  });

  test('with its defaults it is the overlay of "push" and its Job of migrations, but for the namespace', () => {
    const overlay = [...render('k8s/overlays/push'), ...render('k8s/overlays/push/migrations')];
    const chart = helm.template(chartFolder, 'longwire-push');
    expect(compared(chart)).toEqual(compared(overlay.filter(({ kind }) => kind !== 'Namespace')));
  });

  test('with the name and the quota of "iot" it is the overlay of "iot"', () => {
    const overlay = [...render('k8s/overlays/iot'), ...render('k8s/overlays/iot/migrations')];
    const { hard } = overlay.find(({ kind }) => kind === 'ResourceQuota')!['spec'] as { hard: object };
    const chart = helm.template(chartFolder, 'longwire-iot', { line: 'iot', quota: { hard } });
    expect(compared(chart)).toEqual(compared(overlay.filter(({ kind }) => kind !== 'Namespace')));
  });

  test('scaled by KEDA it has the objects of components/autoscaling, and no number of replicas', () => {
    const scaled = (manifests: Manifest[]) =>
      compared(manifests.filter(({ apiVersion }) => apiVersion === 'keda.sh/v1alpha1'));
    const chart = helm.template(chartFolder, 'longwire-options', { line: 'options', autoscaling: { enabled: true } });
    expect(scaled(chart)).toEqual(scaled(render('test/k8s/options')));
    for (const { spec } of chart.filter(({ kind }) => kind === 'Deployment'))
      expect(spec).not.toHaveProperty('replicas');
  });

  test('stores by host name and a main service outside are as the components have them', () => {
    const stores = ({ kind, metadata }: Manifest): boolean =>
      /^(to-|redis|mysql|main-service)/.test(metadata.name) && kind !== 'Deployment';
    const overlay = render('test/k8s/outside').filter(stores);
    const chart = helm.template(chartFolder, 'longwire-outside', {
      line: 'outside',
      stores: {
        redis: { hostName: 'redis.example.net', blocks: ['192.0.2.0/27'] },
        mysql: { hostName: 'mysql.example.net', blocks: ['192.0.2.0/27'] },
        kafka: { addresses: [], blocks: ['192.0.2.32/27'] },
      },
      mainService: { addresses: ['192.0.2.140'] },
    });
    expect(compared(chart.filter(stores))).toEqual(compared(overlay));
  });

  test('every option makes what Kubernetes knows: digests, pull secrets, places, balancers, no agents', async () => {
    const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
    const places = { nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }], podAnnotations: { a: 'b' } };
    const chart = helm.template(chartFolder, 'x', {
      images: {
        registry: 'registry.example.net/longwire',
        digests: { cm: digest },
        pullSecrets: [{ name: 'registry' }],
      },
      roles: {
        cm: { ...places, service: { type: 'LoadBalancer', loadBalancerClass: 'one', annotations: { a: 'b' } } },
        im: { service: { type: 'ClusterIP' } },
      },
      agent: { enabled: false },
    });
    expect(chart.flatMap(faultsOf)).toEqual([]);
    expect((await Promise.all(chart.map(constraintFaultsOf))).flat()).toEqual([]);
    const cm = podsOf(chart).find(({ name }) => name === 'cm')!.template;
    expect(cm.spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }], nodeSelector: { disk: 'ssd' } });
    expect(cm.spec.containers[0]!.image).toBe(`registry.example.net/longwire/push-cm@${digest}`);
    for (const { template } of podsOf(chart)) expect(template.spec.initContainers).toBeUndefined();
    const im = chart.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'im')!;
    expect(im['spec']).not.toHaveProperty('externalTrafficPolicy');
    expect(chart.some(({ metadata }) => metadata.name === 'to-main-service')).toBe(false);
  });

  test.each([
    ['a key that it does not know', { image: {} }],
    ['a digest that is none', { images: { digests: { cm: 'latest' } } }],
    ['an address that is a name', { stores: { redis: { addresses: ['redis.example.net'] } } }],
    ['a configuration that is no text', { config: { LONGWIRE_ROUTE_PARTITIONS: 16 } }],
    ['a host name without the networks that it leads into', { stores: { redis: { hostName: 'r', addresses: [] } } }],
  ])('%s is refused', (_what, values) => {
    expect(() => helm.template(chartFolder, 'x', values)).toThrow(/values|address/);
  });
});

/**
 * Manifests by kind and name, without what is Helm's or kustomize's own: hooks, what keeps a ConfigMap, and the hash in its name.
 */
function compared(manifests: Manifest[]): Record<string, unknown> {
  const entries = manifests.map((manifest) => {
    const text = JSON.stringify(manifest).replaceAll(/longwire-config-[a-z0-9]{10}/g, 'longwire-config-HASH');
    const one = parse(text) as Manifest & { metadata: { annotations?: Record<string, string> } };
    const annotations = Object.entries(one.metadata.annotations ?? {}).filter(([key]) => !key.startsWith('helm.sh/'));
    delete one.metadata.annotations;
    if (annotations.length > 0) one.metadata.annotations = Object.fromEntries(annotations);
    return [`${one.kind} ${one.metadata.name}`, one] as const;
  });
  const byName = Object.fromEntries(entries);
  expect(Object.keys(byName).length).toBe(manifests.length);
  return byName;
}

function goMissing(): string | undefined {
  try {
    execFileSync('go', ['version'], { timeout: 20_000, stdio: 'pipe' });
    return undefined;
  } catch {
    return 'needs Go, which builds Helm: none on the PATH runs';
  }
}
