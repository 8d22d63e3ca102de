import { describe, expect, test } from 'vitest';
import { componentLabel, kustomizeMissing, podsOf, render } from '../../scripts/kubernetes/render.ts';
import { signsOfProduction } from '../rigs/kubernetes/context.ts';
import { fitTo } from '../rigs/kubernetes/fit.ts';
import { Pods } from '../rigs/kubernetes/pods.ts';
import { placeStores } from '../rigs/kubernetes/stores.ts';
import { constraintFaultsOf } from './constraints.ts';
import { faultsOf } from './schemas.ts';

const missing = kustomizeMissing();
const folders = ['test/k8s/cluster', 'test/k8s/cluster/migrations'];
const rendered = missing ? [] : folders.flatMap(render);
const current = { minor: 32, serves: () => true };
/** As 1.20 serves them. */
const old = {
  minor: 20,
  serves: (version: string) => !['policy/v1', 'discovery.k8s.io/v1'].includes(version),
};

describe.skipIf(missing)(`what test:k8s applies${missing ? `: ${missing}` : ''}`, () => {
  test('all of it is known to Kubernetes 1.32, which takes it as it is', async () => {
    expect(rendered.length).toBeGreaterThan(20);
    expect(rendered.flatMap(faultsOf)).toEqual([]);
    expect((await Promise.all(rendered.map(constraintFaultsOf))).flat()).toEqual([]);
    expect(fitTo(current, rendered)).toEqual({ manifests: rendered, leftOut: [] });
  });

  test('for 1.20 what it lacks is left out, each with a line, and nothing else changes', () => {
    const { manifests, leftOut } = fitTo(old, rendered);
    const budgets = rendered.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.length).toBe(5);
    expect(manifests.length).toBe(rendered.length - budgets.length);
    for (const { metadata } of budgets) {
      expect(leftOut).toContain(`PodDisruptionBudget ${metadata.name}: left out, policy/v1 is not served`);
    }
    for (const store of ['redis', 'mysql', 'kafka']) {
      expect(leftOut).toContain(`EndpointSlice ${store}-outside: as discovery.k8s.io/v1beta1`);
    }
    expect(leftOut.filter((line) => line.includes('is known since'))).toEqual([
      'lifecycle.preStop.sleep: left out in 5 places, is known since 1.30',
      'sidecars (agents): left out in 5 places, is known since 1.29',
      'topologySpreadConstraints.matchLabelKeys: left out in 5 places, is known since 1.27',
      'topologySpreadConstraints.nodeTaintsPolicy: left out in 5 places, is known since 1.26',
      'NetworkPolicy ports.endPort: left out in 1 places, is known since 1.22',
    ]);
    const text = JSON.stringify(manifests);
    for (const field of ['"sleep"', '"matchLabelKeys"', '"nodeTaintsPolicy"', '"endPort"']) {
      expect(text).not.toContain(field);
    }
  });

  test('stores are called where they are: slices and policies have their addresses and ports, and no example is left', () => {
    const placed = placeStores(rendered, '10.90.0.1', { redis: 1001, mysql: 1002, kafka: 1003 });
    expect(JSON.stringify(placed)).not.toMatch(/192\.0\.2\.[1-9]/);
    const slice = placed.find(({ metadata }) => metadata.name === 'mysql-outside')!;
    expect(slice).toMatchObject({ endpoints: [{ addresses: ['10.90.0.1'] }], ports: [{ name: 'mysql', port: 1002 }] });
    const policy = placed.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'to-kafka')!;
    expect(policy['spec']).toMatchObject({
      egress: [{ to: [{ ipBlock: { cidr: '10.90.0.1/32' } }], ports: [{ protocol: 'TCP', port: 1003 }] }],
    });
  });

  test('pods use images that the node has, and ask for little', () => {
    for (const { template } of podsOf(rendered)) {
      expect(template.spec.containers[0]).toMatchObject({ imagePullPolicy: 'IfNotPresent' });
    }
  });
});

describe('a context', () => {
  const context = (name: string, server: string): Parameters<typeof signsOfProduction>[0] => ({
    ...{ name, cluster: name, server },
  });

  test.each([
    context('kind-kind', 'https://127.0.0.1:41231'),
    context('minikube', 'https://192.168.49.2:8443'),
    context('reproduction', 'https://10.0.0.1:6443'),
    context('docker-desktop', 'https://kubernetes.docker.internal:6443'),
    context('six', 'https://[fd00::1]:6443'),
  ])('$name at $server may be used', (one) => {
    expect(signsOfProduction(one)).toEqual([]);
  });

  test.each([
    context('prod', 'https://10.0.0.1:6443'),
    context('eu-production-1', 'https://10.0.0.1:6443'),
    context('push_live', 'https://10.0.0.1:6443'),
    context('dev', 'https://34.65.1.2'),
    context('dev', 'https://cluster.example.com'),
  ])('$name at $server has to be named', (one) => {
    expect(signsOfProduction(one).length).toBeGreaterThan(0);
  });
});

describe('instances of pods', () => {
  const seen = (items: string[]): string => {
    const pods = items.map((item) => {
      const [name = '', deleted] = item.split(' ');
      const times = {
        creationTimestamp: `2026-01-01T00:00:0${name.at(-1)}Z`,
        ...(deleted && { deletionTimestamp: 'now' }),
      };
      return { metadata: { name, uid: `uid-${name}`, labels: { [componentLabel]: name.split('-')[0] }, ...times } };
    });
    return JSON.stringify({ items: pods });
  };

  test('a pod that goes leaves its place to the one that comes, and the others keep theirs', () => {
    let there: string[] = [];
    const pods = new Pods({ runSync: () => seen(there) }, 'x');
    const now = (): string[] => {
      pods.changed();
      return pods.now(['cm', 'im']).map(({ instance, name, number }) => `${instance} ${name} ${number}`);
    };
    there = ['cm-b2', 'cm-a1', 'im-a1'];
    expect(now()).toEqual(['cm-1 cm-a1 1', 'cm-2 cm-b2 2', 'im-1 im-a1 3']);
    there = ['cm-b2', 'cm-a1 deleted', 'im-a1'];
    expect(now()).toEqual(['cm-2 cm-b2 2', 'im-1 im-a1 3']);
    there = ['cm-b2', 'cm-a1 deleted', 'cm-c3', 'im-a1'];
    expect(now()).toEqual(['cm-1 cm-c3 4', 'cm-2 cm-b2 2', 'im-1 im-a1 3']);
    there = ['cm-c3', 'cm-d4', 'im-a1'];
    expect(now()).toEqual(['cm-1 cm-c3 4', 'cm-2 cm-d4 5', 'im-1 im-a1 3']);
  });
});
