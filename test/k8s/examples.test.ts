import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kustomizeMissing, type Manifest, podsOf, render, root } from '../../scripts/kubernetes/render.ts';

const missing = kustomizeMissing();
const examples = missing ? [] : render('k8s/examples');
const line = missing ? [] : render('k8s/overlays/push');
const of = (wanted: string, name?: string): Manifest[] =>
  examples.filter(({ kind, metadata }) => kind === wanted && (name === undefined || metadata.name === name));
/** Until cm pings a device that says nothing, s: 1.1 × heartbeatSeconds. */
const quietSeconds = 49.5;

describe.skipIf(missing)(`examples${missing ? `: ${missing}` : ''}`, () => {
  const ports = new Map(
    line
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata, spec }) => [metadata.name, (spec as { ports: { name: string; port: number }[] }).ports[0]!]),
  );

  test('Ingresses and routes lead to ports that the Services have, those of devices and upstreams to cm and im alone', () => {
    type Paths = { rules: { http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[] };
    const services = of('Ingress').map(({ spec }) => (spec as Paths).rules[0]!.http.paths[0]!.backend.service);
    expect(services.map(({ name }) => name).sort()).toEqual(['cm', 'console', 'im']);
    for (const { name, port } of services) expect(port.name).toBe(ports.get(name)!.name);
    type Refs = { rules: { backendRefs: { name: string; port: number }[] }[] };
    const refs = of('HTTPRoute').map(({ spec }) => (spec as Refs).rules[0]!.backendRefs[0]!);
    expect(refs.map(({ name }) => name).sort()).toEqual(['cm', 'im']);
    for (const { name, port } of refs) expect(port).toBe(ports.get(name)!.port);
  });

  test('nothing on the way of devices gives up before cm pings them', () => {
    const [ingress] = of('Ingress', 'devices');
    const { annotations } = ingress!.metadata as { annotations: Record<string, string> } & Manifest['metadata'];
    for (const way of ['read', 'send']) {
      expect(Number(annotations[`nginx.ingress.kubernetes.io/proxy-${way}-timeout`])).toBeGreaterThan(quietSeconds);
    }
    const [route] = of('HTTPRoute', 'devices');
    expect(route!['spec']).toMatchObject({ rules: [{ timeouts: { request: '0s', backendRequest: '0s' } }] });
  });

  test('every host has TLS, of a certificate that is made for it', () => {
    const [certificate] = of('Certificate');
    const { dnsNames, secretName } = certificate!['spec'] as { dnsNames: string[]; secretName: string };
    for (const { spec } of of('Ingress')) {
      const { tls, rules } = spec as { tls: { hosts: string[]; secretName: string }[]; rules: { host: string }[] };
      expect(tls).toEqual([{ hosts: rules.map(({ host }) => host), secretName }]);
      expect(dnsNames).toContain(rules[0]!.host);
    }
    const { listeners } = of('Gateway')[0]!['spec'] as { listeners: { protocol: string; hostname: string }[] };
    expect(listeners.map(({ protocol }) => protocol)).toEqual(['HTTPS', 'HTTPS']);
    const routed = of('HTTPRoute').flatMap(({ spec }) => (spec as { hostnames: string[] }).hostnames);
    expect(routed.sort()).toEqual(listeners.map(({ hostname }) => hostname).sort());
  });

  test('each Secret that the line reads has an ExternalSecret, and each of these is in k8s/secrets.example', () => {
    const names = of('ExternalSecret').map(({ metadata }) => metadata.name);
    const read = podsOf(line).flatMap(({ template }) =>
      [...template.spec.containers, ...template.spec.initContainers!].flatMap(({ env = [] }) =>
        env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
      ),
    );
    expect(names.sort()).toEqual([...new Set(read)].sort());
    const known = readFileSync(join(root, 'k8s/secrets.example'), 'utf8');
    for (const name of names) expect(known).toMatch(new RegExp(`^${name} `, 'm'));
  });
});
