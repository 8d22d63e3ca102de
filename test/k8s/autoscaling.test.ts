import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ScaledRoleName, scaledRoles } from '../../scaling/roles.ts';
import { kustomizeMissing, type Manifest, podsOf, render, root } from '../../scripts/kubernetes/render.ts';
import { faultsOf } from './schemas.ts';

const missing = kustomizeMissing();
const manifests = missing ? [] : render('test/k8s/options');
const scaled = (kind: string, name: string): Manifest =>
  manifests.find(({ kind: one, metadata }) => one === kind && metadata.name === name)!;
const roles = Object.entries(scaledRoles) as [ScaledRoleName, (typeof scaledRoles)[ScaledRoleName]][];

describe.skipIf(missing)(`autoscaling${missing ? `: ${missing}` : ''}`, () => {
  test.each(roles)('%s is scaled as its plan says, on the rules of its line', (role, { figures, behavior, limits }) => {
    const withSelect = (direction: object) => ({ ...direction, selectPolicy: 'Max' });
    expect(scaled('ScaledObject', role)['spec']).toEqual({
      scaleTargetRef: { name: role },
      minReplicaCount: limits.min,
      maxReplicaCount: limits.max,
      advanced: {
        horizontalPodAutoscalerConfig: {
          name: role,
          behavior: { scaleUp: withSelect(behavior.scaleUp), scaleDown: withSelect(behavior.scaleDown) },
        },
      },
      triggers: Object.entries(figures).map(([name, { kind, target }]) => ({
        type: 'prometheus',
        name,
        metricType: kind === 'load' ? 'AverageValue' : 'Value',
        authenticationRef: { name: 'main-service' },
        metadata: {
          authModes: 'basic',
          serverAddress: 'http://prometheus.longwire-monitoring.svc:9090',
          query: `role:longwire_scaling:${name}{product_line="options", role="${role}"}`,
          threshold: String(target),
          // A figure that isn't there is an error to the HPA, which scales nothing down then; else it would be 0.
          ignoreNullValues: 'false',
        },
      })),
    });
    expect(scaled('Deployment', role)['spec']).not.toHaveProperty('replicas');
  });

  test('a field that KEDA does not know is refused, and so is one that its autoscaler does not', () => {
    const advanced = { horizontalPodAutoscalerConfig: { behavior: { scaleUp: { policy: [] } } } };
    const spec = { scaleTargetRef: { name: 'x' }, replicas: 1, advanced };
    const object = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'x' }, spec };
    expect(faultsOf(object)).toEqual([
      'ScaledObject/x.spec.replicas: unknown field',
      'ScaledObject/x.spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policy: unknown field',
    ]);
  });

  test('the quota of a line has room for the most of every role and one more of each in a roll-out', () => {
    const quota = parseAllDocuments(readFileSync(join(root, 'k8s/overlays/push/quota.yaml'), 'utf8'))[0]!.toJS();
    const { hard } = quota.spec as { hard: Record<string, string> };
    const most = (bound: 'requests' | 'limits', unit: 'cpu' | 'memory'): number =>
      podsOf(manifests)
        .filter(({ kind, name }) => kind === 'Deployment' && name in scaledRoles)
        .reduce((sum, { name, template }) => {
          const each = template.spec.containers.map(({ resources }) => amountOf(resources![bound]![unit]!));
          return sum + (scaledRoles[name as ScaledRoleName].limits.max + 1) * each.reduce((all, one) => all + one, 0);
        }, 0);
    for (const bound of ['requests', 'limits'] as const) {
      for (const unit of ['cpu', 'memory'] as const) {
        expect(most(bound, unit), `${bound}.${unit}`).toBeLessThanOrEqual(amountOf(hard[`${bound}.${unit}`]!));
      }
    }
    const pods = roles.reduce((sum, [, { limits }]) => sum + limits.max + 1, 0);
    expect(pods).toBeLessThanOrEqual(Number(hard['pods']));
  });
});

/** CPUs, or bytes. */
function amountOf(text: string): number {
  const [, number, unit = ''] = /^(\d+)(m|Mi|Gi)?$/.exec(text)!;
  return Number(number) * { '': 1, m: 0.001, Mi: 1_024 ** 2, Gi: 1_024 ** 3 }[unit]!;
}
