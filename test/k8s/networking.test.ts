import { globSync, readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kustomizeMissing, type Manifest, podsOf, render, root } from '../../scripts/kubernetes/render.ts';
import { isInternalAddress } from '../../services/common/outbound/internal-address.ts';
import { flowsOf, policiesOf } from './flows.ts';

const missing = kustomizeMissing();
const roles = ['cm', 'im', 'user-redis', 'user-mysql', 'console'];
const stores = ['redis', 'mysql', 'kafka'];
/** `FROM TO PORTS` of the rows of the table in docs/networking.md. */
const arrows = [
  ...readFileSync(join(root, 'docs/networking.md'), 'utf8').matchAll(/^\| (\S+) \| (\S+) \| ([\d, -]+) \| TCP \|/gm),
].map(([, from, to, ports]) => `${from} ${to} ${ports}`);
const external = missing ? [] : ['push', 'iot'].map((line) => render(`k8s/overlays/${line}`));
const inCluster = missing ? [] : render('test/k8s/options');
const outside = missing ? [] : render('test/k8s/outside');

describe.skipIf(missing)(`networking${missing ? `: ${missing}` : ''}`, () => {
  test('there is a table, and everything is denied first', () => {
    expect(arrows.length).toBeGreaterThan(10);
    for (const manifests of [...external, inCluster]) {
      const denied = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
      expect(policiesOf(manifests).get('default-deny')).toEqual(denied);
    }
  });

  test('with stores outside, policies open the arrows of docs/networking.md and no other', () => {
    for (const manifests of external) {
      const to = (names: string[]): string[] => arrows.filter((arrow) => names.includes(arrow.split(' ')[1]!)).sort();
      expect(flowsOf(policiesOf(manifests), 'ingress', () => 'anywhere')).toEqual(to(roles));
      expect(flowsOf(policiesOf(manifests), 'egress', placesOf(manifests))).toEqual(
        arrows.filter((arrow) => !arrow.startsWith('anywhere ')).sort(),
      );
    }
  });

  test('with stores in the cluster the arrows are the same, and the stores call nobody', () => {
    const policies = policiesOf(inCluster);
    expect(flowsOf(policies, 'ingress', () => 'anywhere')).toEqual(
      arrows.filter((arrow) => !/internet|main-service/.test(arrow)).sort(),
    );
    expect(flowsOf(policies, 'egress', placesOf(inCluster))).toEqual(
      arrows.filter((arrow) => !arrow.startsWith('anywhere ')).sort(),
    );
  });

  test('what the code of a role calls has an arrow, and no arrow is without a call', async () => {
    const called: string[] = [];
    const agent = (await import('../../services/agent/config.ts')).Config as unknown as {
      properties: { targetRole: { enum: string[] } };
    };
    for (const role of roles) {
      const { properties } = (await import(`../../services/${role}/config.ts`)).Config;
      const keys = {
        userRedisUrl: 'user-redis',
        userMysqlUrl: 'user-mysql',
        redisUrl: 'redis',
        mysqlUrl: 'mysql',
        imUrl: 'im',
      };
      for (const [key, to] of Object.entries({ ...keys, busKafkaBrokers: 'kafka' })) {
        if (key in properties) called.push(`${role} ${to}`);
      }
      if (imports(role, 'cm-nodes.ts')) called.push(`${role} cm`);
      // It looks at the ops ports of all instances, its own among them.
      if (imports(role, 'page-reader.ts')) called.push(...roles.map((to) => `${role} ${to}`));
      if (imports(role, 'guarded-agent.ts')) called.push(`${role} internet`);
      // By the agent in its pod.
      if (agent.properties.targetRole.enum.includes(role)) called.push(`${role} main-service`);
    }
    const stated = arrows.map((arrow) => arrow.split(' ').slice(0, 2).join(' '));
    const fromOthers = ['anywhere cm', 'anywhere im', 'migrations mysql'];
    expect([...new Set(stated)].sort()).toEqual([...new Set([...called, ...fromOthers])].sort());
  });

  test('ports of containers, Services and URLs are those of the table, and the defaults of the code', async () => {
    for (const manifests of external) {
      for (const role of roles) {
        const { properties } = (await import(`../../services/${role}/config.ts`)).Config;
        const { ports, env } = podsOf(manifests).find(({ name }) => name === role)!.template.spec.containers[0]!;
        const [own, ops] = ports!;
        expect([own!.containerPort, ops]).toEqual([properties.port.default, { name: 'ops', containerPort: 7100 }]);
        expect(env).toContainEqual({ name: 'LONGWIRE_PORT', value: String(own!.containerPort) });
        expect(env).toContainEqual({ name: 'LONGWIRE_OPS_PORT', value: '7100' });
        expect(servicePorts(manifests, role)).toEqual([own!.containerPort]);
        const reached = arrows
          .filter((arrow) => arrow.split(' ')[1] === role)
          .map((arrow) => Number(arrow.split(' ')[2]));
        // Nobody opens the console's pages by a policy of ours.
        expect(new Set(reached)).toEqual(new Set(role === 'console' ? [7100] : [own!.containerPort, 7100]));
      }
      for (const store of stores) {
        const reached = arrows.filter((arrow) => arrow.split(' ')[1] === store).map((arrow) => arrow.split(' ')[2]);
        expect(reached).toContain(String(servicePorts(manifests, store)[0]));
      }
      const config = manifests.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>;
      expect(config).toMatchObject({
        LONGWIRE_USER_REDIS_URL: 'http://user-redis:7101',
        LONGWIRE_USER_MYSQL_URL: 'http://user-mysql:7102',
        LONGWIRE_BUS_KAFKA_BROKERS: 'kafka:9092',
        LONGWIRE_REMOTE_WRITE_URL: 'http://prometheus.longwire-monitoring.svc:9090/api/v1/write',
      });
    }
  });

  test('agents push to the Prometheus of k8s/monitoring, by its Service, and are let in there', () => {
    const monitoring = render('k8s/monitoring');
    for (const manifests of external) {
      const config = manifests.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>;
      const { hostname, port } = new URL(config['LONGWIRE_REMOTE_WRITE_URL']!);
      const [name, namespace] = hostname.split('.');
      const service = monitoring.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name)!;
      expect(service.metadata.namespace).toBe(namespace);
      expect(servicePorts(monitoring, name!)).toEqual([Number(port)]);
      const { selector } = service['spec'] as { selector: Record<string, string> };
      const [rule] = policiesOf(manifests).get('to-main-service')!.egress!;
      expect(rule).toEqual({
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            podSelector: { matchLabels: selector },
          },
        ],
        ports: [{ protocol: 'TCP', port: Number(port) }],
      });
      const [{ from = [], ports = [] } = {}] = policiesOf(monitoring).get('prometheus')!.ingress!;
      expect(from).toContainEqual({
        namespaceSelector: {},
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'longwire' } },
      });
      expect(ports.map((one) => one.port)).toEqual([Number(port)]);
    }
  });

  test('stores by host name, and a main service outside, are called where the StoreAddresses of the line says', () => {
    const named = (name: string) => outside.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
    for (const store of ['redis', 'mysql']) {
      expect(named(store)?.['spec']).toEqual({ type: 'ExternalName', externalName: `${store}.example.net` });
    }
    const places: Record<string, string> = { '192.0.2.0/27': 'redis or mysql', '192.0.2.32/27': 'kafka' };
    const flows = flowsOf(policiesOf(outside), 'egress', (cidr) => places[cidr] ?? placesOf(outside)(cidr));
    expect(flows).toEqual(
      arrows
        .filter((arrow) => !arrow.startsWith('anywhere '))
        .map((arrow) => arrow.replace(/ (redis|mysql) /, ' redis or mysql '))
        .sort(),
    );
    expect(servicePorts(outside, 'main-service')).toEqual([9090]);
    const config = outside.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>;
    expect(config['LONGWIRE_REMOTE_WRITE_URL']).toBe('http://main-service:9090/api/v1/write');
  });

  test('cm and im alone are reached from outside, and see the addresses of their clients', () => {
    for (const [manifests, type] of [
      [external[0]!, 'LoadBalancer'],
      [inCluster, 'NodePort'],
    ] as const) {
      const open = manifests.filter(
        ({ kind, spec }) => kind === 'Service' && (spec as { type?: string }).type === type,
      );
      expect(open.map(({ metadata }) => metadata.name)).toEqual(['cm', 'im']);
      for (const { spec } of open) expect(spec).toMatchObject({ externalTrafficPolicy: 'Local' });
    }
  });

  test('the internet of the policy is what the code does not call internal, at the edge of every range of either', () => {
    const { egress } = policiesOf(external[0]!).get('im')!;
    const blocks = egress!.flatMap(({ to }) => to!.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : [])));
    const open = listOf(blocks.map(({ cidr }) => cidr));
    const closed = listOf(blocks.flatMap(({ except }) => except ?? []));
    const source = readFileSync(join(root, 'services/common/outbound/internal-address.ts'), 'utf8');
    const ranges = [...source.matchAll(/'([\d.]+|[\da-f:]+::)\/(\d+)'/g)].map(([, start, size]) => ({
      start: start!,
      size: Number(size),
    }));
    expect(ranges.length).toBeGreaterThan(15);
    const addresses = [...ranges, ...blocks.flatMap(({ except }) => (except ?? []).map(rangeOf))].flatMap(edgesOf);
    const wrong = addresses.filter((address) => {
      const family = address.includes(':') ? 'ipv6' : 'ipv4';
      return (open.check(address, family) && !closed.check(address, family)) === isInternalAddress(address);
    });
    // What carries an IPv4 address inside an IPv6 one is the code's alone: a policy sees the outer address, and closes it.
    expect(wrong.filter((address) => !address.startsWith('::ffff:') && !address.startsWith('64:ff9b:'))).toEqual([]);
  });
});

/** Names of the blocks that an overlay's pods may call: its stores' by the addresses in their EndpointSlices. */
function placesOf(manifests: Manifest[]): (cidr: string) => string {
  const places = new Map<string, string>([
    ['0.0.0.0/0', 'internet'],
    ['2000::/3', 'internet'],
  ]);
  for (const { metadata, endpoints } of manifests.filter(({ kind }) => kind === 'EndpointSlice')) {
    for (const { addresses } of endpoints as { addresses: string[] }[]) {
      places.set(`${addresses[0]}/32`, metadata.labels!['kubernetes.io/service-name']!);
    }
  }
  return (cidr) => places.get(cidr) ?? cidr;
}

function servicePorts(manifests: Manifest[], name: string): number[] {
  const service = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name)!;
  return (service['spec'] as { ports: { port: number }[] }).ports.map(({ port }) => port);
}

function imports(role: string, file: string): boolean {
  return globSync(`services/${role}/**/*.ts`, { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .some((path) =>
      new RegExp(`from '[^']*/${file.replace('.', '\\.')}'`).test(readFileSync(join(root, path), 'utf8')),
    );
}

function rangeOf(cidr: string): { start: string; size: number } {
  const [start, size] = cidr.split('/');
  return { start: start!, size: Number(size) };
}

function listOf(cidrs: string[]): BlockList {
  const list = new BlockList();
  for (const { start, size } of cidrs.map(rangeOf)) list.addSubnet(start, size, start.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** The first address of a range, the last, and those beside it; of IPv6 the first alone and the one after the range. */
function edgesOf({ start, size }: { start: string; size: number }): string[] {
  if (start.includes(':')) return [start];
  const first = start.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
  const last = first + 2 ** (32 - size) - 1;
  return [first - 1, first, last, last + 1]
    .filter((value) => value >= 0 && value < 2 ** 32)
    .map((value) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.'));
}
