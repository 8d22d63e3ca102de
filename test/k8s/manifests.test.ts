import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../load/core/options.ts';
import {
  type Container,
  componentLabel,
  containersOf,
  kustomizeMissing,
  type Manifest,
  podsOf,
  render,
  root,
} from '../../scripts/kubernetes/render.ts';
import { envNameOf, loadConfig } from '../../services/common/config.ts';
import { constraintFaultsOf } from './constraints.ts';
import { overlaidLines, renderedFolders } from './folders.ts';
import { faultsOf } from './schemas.ts';

const lines = overlaidLines;
const folders = renderedFolders;
const missing = kustomizeMissing();
const rendered = new Map(missing ? [] : folders.map((folder) => [folder, render(folder)]));
const of = (folder: string): Manifest[] => rendered.get(folder)!;
const all = [...rendered.values()].flat();
const longwire = (image: string): boolean => image.startsWith('longwire/');

describe.skipIf(missing)(`manifests${missing ? `: ${missing}` : ''}`, () => {
  test.each(folders)('%s renders, and Kubernetes 1.32 knows every field of it', (folder) => {
    expect(of(folder).length).toBeGreaterThan(0);
    expect(of(folder).flatMap(faultsOf)).toEqual([]);
  });

  test('what Kubernetes requires is there, and what it enumerates is one of these', async () => {
    expect((await Promise.all(all.map(constraintFaultsOf))).flat()).toEqual([]);
  });

  test('a field that is missing is refused, and so is a value that is none of an enumeration', async () => {
    const containers = [{ image: 'x', imagePullPolicy: 'Sometimes' }];
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } };
    expect(await constraintFaultsOf({ ...manifest, spec: { template: { spec: { containers } } } })).toEqual([
      'Deployment/x: data/spec must have required property selector',
      'Deployment/x: data/spec/template/spec/containers/0 must have required property name',
      'Deployment/x: data/spec/template/spec/containers/0/imagePullPolicy must be equal to one of the allowed values',
    ]);
  });

  test('a field that Kubernetes does not know is refused, and so is one of another type', () => {
    const policy = { podSelectors: {}, policyTypes: 'Egress' };
    const manifest = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x' },
      spec: policy,
    };
    expect(faultsOf(manifest)).toEqual([
      'NetworkPolicy/x.spec.podSelectors: unknown field',
      'NetworkPolicy/x.spec.policyTypes: not a list',
    ]);
  });

  test('pods keep to restricted pod security, and their root is read-only but for the one that cannot', () => {
    expect(podsOf(all).length).toBeGreaterThan(10);
    for (const { name, template } of podsOf(all)) {
      const { containers, initContainers = [], securityContext: pod, ...spec } = template.spec;
      expect(pod, name).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec, name).not.toMatchObject({ hostNetwork: true });
      expect(spec['automountServiceAccountToken'], name).toBe(false);
      for (const container of [...containers, ...initContainers]) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: container.name !== 'kafka',
          capabilities: { drop: ['ALL'] },
        });
        expect(container.image, name).toMatch(/^[a-z/-]+:v?\d[\w.-]*$/);
        for (const bound of ['limits', 'requests'] as const) {
          expect(Object.keys(container.resources?.[bound] ?? {}).sort(), name).toEqual(['cpu', 'memory']);
        }
      }
    }
  });

  test('what serves has probes of its three kinds; those of roles ask the ops port', () => {
    for (const { name, template } of podsOf(all).filter(({ kind }) => kind !== 'Job')) {
      for (const container of template.spec.containers) {
        const [startup, live, ready] = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((key) => container[key]);
        for (const probe of [startup, live, ready]) expect(probe, name).toBeDefined();
        if (!longwire(container.image)) continue;
        expect(startup).toMatchObject({ httpGet: { path: '/health/live', port: 'ops' } });
        expect(live).toMatchObject({ httpGet: { path: '/health/live', port: 'ops' } });
        expect(ready).toMatchObject({ httpGet: { path: '/health/ready', port: 'ops' } });
      }
    }
  });

  test('roles have no volumes, roll without a gap, and each has a disruption budget', () => {
    for (const folder of lines.map((line) => `k8s/overlays/${line}`)) {
      const deployments = of(folder).filter(({ kind }) => kind === 'Deployment');
      expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
        ...['cm', 'console', 'im', 'user-mysql', 'user-redis'],
      ]);
      for (const { spec } of deployments) {
        expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
      }
      for (const { template } of podsOf(of(folder))) expect(template.spec.volumes).toBeUndefined();
      const budgets = of(folder).filter(({ kind }) => kind === 'PodDisruptionBudget');
      expect(budgets.map(({ metadata }) => metadata.name)).toEqual(deployments.map(({ metadata }) => metadata.name));
    }
  });

  test('secrets come by reference alone, each named in k8s/secrets.example', () => {
    const named = [...readFileSync(join(root, 'k8s/secrets.example'), 'utf8').matchAll(/^(longwire-\S+) +(\S+)/gm)];
    const known = named.map(([, name, key]) => `${name}/${key}`);
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const env = podsOf(all).flatMap(({ template }) => containersOf(template).flatMap((one) => one.env ?? []));
    const used = env.flatMap(({ valueFrom: { secretKeyRef: ref } = {} }) => (ref ? [`${ref.name}/${ref.key}`] : []));
    const mounted = podsOf(all).flatMap(({ template }) =>
      ((template.spec.volumes ?? []) as { projected?: { sources: { secret?: Mounted }[] } }[]).flatMap(
        ({ projected }) =>
          projected?.sources.flatMap(({ secret }) => secret?.items.map(({ key }) => `${secret.name}/${key}`) ?? []) ??
          [],
      ),
    );
    type Mounted = { name: string; items: { key: string }[] };
    const asked = all
      .filter(({ kind }) => kind === 'TriggerAuthentication')
      .flatMap(({ spec }) => (spec as { secretTargetRef: { name: string; key: string }[] }).secretTargetRef)
      .map(({ name, key }) => `${name}/${key}`);
    expect([...new Set([...used, ...mounted, ...asked])].sort()).toEqual(known.sort());
    const secretName = /SECRET|KEYS|PASSWORD|PRIVATE|REDIS_URL$|MYSQL_URL$/;
    const open = env.filter(({ name, value }) => value !== undefined && secretName.test(name));
    expect(open).toEqual([]);
  });

  test('the configuration of every role loads, and what is set for it alone are keys of its own', async () => {
    for (const folder of lines.map((line) => `k8s/overlays/${line}`)) {
      for (const { name, template } of podsOf(of(folder))) {
        const { Config } = await import(`../../services/${name}/config.ts`);
        const config = loadConfig(Config, envOf(of(folder), template.spec.containers[0]!)) as Record<string, unknown>;
        const keys = Object.keys(Config.properties).map(envNameOf);
        const own = (template.spec.containers[0]!.env ?? []).map((one) => one.name).filter((one) => one !== 'POD_IP');
        expect(own.filter((one) => !keys.includes(one))).toEqual([]);
        expect(config['opsPort']).toBe(7100);
        if (name === 'cm') expect(config['advertisedAddress']).toBe('http://10.60.0.9:7100');
        if (config['topicPrefix']) expect(config['topicPrefix']).toBe(folder.split('/').at(-1));
        if (config['keyPrefix']) expect(config['keyPrefix']).toBe(folder.split('/').at(-1));
        // The pause, the drain with a second for stragglers, 3 s of flushing, and some room, inside the grace period.
        const pauseMs = template.spec.containers[0]!.lifecycle!.preStop.sleep.seconds * 1_000;
        const graceMs = config['graceMs'] as number;
        expect(template.spec.terminationGracePeriodSeconds! * 1_000).toBeGreaterThanOrEqual(pauseMs + graceMs + 2_000);
        expect(graceMs).toBeGreaterThanOrEqual(((config['drainMs'] as number) ?? 0) + 1_000 + 3_000);
      }
    }
  });

  test('beside each role runs an agent, which it neither waits for nor is taken out of service for', async () => {
    const { Config } = await import('../../services/agent/config.ts');
    for (const line of lines) {
      const manifests = of(`k8s/overlays/${line}`);
      for (const { name, template } of podsOf(manifests)) {
        const [agent, ...others] = template.spec.initContainers ?? [];
        expect(others).toEqual([]);
        expect(agent).toMatchObject({ name: 'agent', restartPolicy: 'Always' });
        expect([agent!['startupProbe'], agent!['readinessProbe']]).toEqual([undefined, undefined]);
        expect(agent).toMatchObject({ livenessProbe: { httpGet: { path: '/health/live', port: 'agent' } } });
        // Each sees its own processes alone: neither the other's environment nor its memory.
        expect(template.spec['shareProcessNamespace']).toBeUndefined();
        const env = envOf(manifests, agent!, template.metadata.labels);
        expect(loadConfig(Config, env)).toMatchObject({
          ...{ targetRole: name, targetUrl: 'http://127.0.0.1:7100', productLine: line, instance: 'pod-1' },
          ...{
            opsPort: agent!.ports![0]!.containerPort,
            remoteWriteUrl: 'http://prometheus.longwire-monitoring.svc:9090/api/v1/write',
          },
        });
      }
    }
  });

  test('what the Job of the load tool gives it are options that it takes, and it may call what they name', () => {
    const [job] = podsOf(of('k8s/load'));
    const [container] = job!.template.spec.containers;
    const env = envOf(of('k8s/load'), container!);
    const args = (container!['args'] as string[]).map((arg) => arg.replace(/\$\((\w+)\)/g, (_, name) => env[name]!));
    const options = parseOptions(args, { env, runningIn: () => undefined, randomSeed: () => 1 });
    if (options === 'help') throw new Error('help');
    const { api, ws } = options.target;
    expect(args.join(' ')).not.toContain('undefined');
    const called = [api, ws].map((url) => {
      const { hostname, port } = new URL(url);
      const [service, namespace] = hostname.split('.');
      return { service, namespace, port: Number(port) };
    });
    const policy = of('k8s/load').find(({ kind }) => kind === 'NetworkPolicy')!['spec'] as {
      egress: { to: { namespaceSelector: Labels; podSelector: Labels }[]; ports: { port: number }[] }[];
    };
    type Labels = { matchLabels: Record<string, string> };
    const opened = policy.egress.slice(1).map(({ to: [peer], ports: [port] }) => ({
      service: peer!.podSelector.matchLabels[componentLabel],
      namespace: peer!.namespaceSelector.matchLabels['kubernetes.io/metadata.name'],
      port: port!.port,
    }));
    expect(opened).toEqual(called);
  });

  test('two lines side by side share no name, namespace or prefix', () => {
    const namesOf = (line: string): string[] =>
      [of(`k8s/overlays/${line}`), of(`k8s/overlays/${line}/migrations`)].flat().map(
        ({ kind, metadata }) =>
          // A name without a namespace is the cluster's.
          `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      );
    expect(namesOf('push').filter((name) => namesOf('iot').includes(name))).toEqual([]);
    const [push, iot] = lines.map((line) => configOf(of(`k8s/overlays/${line}`)));
    for (const key of ['LONGWIRE_TOPIC_PREFIX', 'LONGWIRE_KEY_PREFIX']) expect(push![key]).not.toBe(iot![key]);
    const images = lines.map((line) =>
      podsOf(of(`k8s/overlays/${line}`)).flatMap(({ template }) => containersOf(template)),
    );
    for (const { image } of images[0]!) expect(images[1]!.map((one) => one.image)).not.toContain(image);
  });

  test('the Job of migrations has the images of its roll-out, and no Service sends calls to it', () => {
    for (const line of lines) {
      const [job] = podsOf(of(`k8s/overlays/${line}/migrations`));
      const service = podsOf(of(`k8s/overlays/${line}`)).find(({ name }) => name === 'user-mysql')!;
      const image = job!.template.spec.containers[0]!.image;
      expect(image).toBe(service.template.spec.containers[0]!.image);
      expect(job!.name).toBe(`migrations-${image.split(':')[1]}`);
      expect(job!.template.metadata.labels[componentLabel]).toBe('migrations');
    }
  });
});

function configOf(manifests: Manifest[]): Record<string, string> {
  return manifests.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>;
}

/** The environment as the kubelet makes it, with values of the right shape for secrets. */
function envOf(manifests: Manifest[], container: Container, labels: Record<string, string> = {}) {
  const env: Record<string, string> = { ...configOf(manifests), POD_IP: '10.60.0.9' };
  const secrets: Record<string, string> = {
    'longwire-redis': 'redis://:password@redis:6379/0',
    'longwire-mysql': 'mysql://user:password@mysql:3306/line',
    'longwire-web-push': '',
    'longwire-channels': '',
  };
  for (const { name, value, valueFrom } of container.env ?? []) {
    const secret = valueFrom?.secretKeyRef?.name;
    const key = valueFrom?.configMapKeyRef?.key;
    const label = /^metadata\.labels\['(.*)'\]$/.exec(valueFrom?.fieldRef?.fieldPath ?? '')?.[1];
    if (value !== undefined) env[name] = value.replace('$(POD_IP)', env['POD_IP']!);
    else if (key !== undefined) env[name] = env[key]!;
    else if (label !== undefined) env[name] = labels[label]!;
    else if (secret === undefined) env[name] ??= 'pod-1';
    else if (secrets[secret] !== '') env[name] = secrets[secret] ?? 'a-secret-of-a-test';
  }
  return env;
}
