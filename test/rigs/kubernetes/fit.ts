import { type Container, type Manifest, podsOf } from '../../../scripts/kubernetes/render.ts';

/** What a cluster can do, as far as manifests depend on it. */
export interface Server {
  /** Of its version 1.N. */
  minor: number;
  serves(apiVersion: string, kind: string): boolean;
}

/** Same fields, as far as they are used here. */
const olderVersions: Record<string, string> = { 'discovery.k8s.io/v1': 'discovery.k8s.io/v1beta1' };

/** Fields of containers, pods and policies that older servers refuse or, worse, drop without a word. */
const laterFields: { since: number; what: string; drop: (manifest: Manifest) => number }[] = [
  { since: 30, what: 'lifecycle.preStop.sleep', drop: dropSleeps },
  { since: 29, what: 'sidecars (agents)', drop: dropSidecars },
  { since: 27, what: 'topologySpreadConstraints.matchLabelKeys', drop: dropFromSpreads('matchLabelKeys') },
  { since: 26, what: 'topologySpreadConstraints.nodeTaintsPolicy', drop: dropFromSpreads('nodeTaintsPolicy') },
  { since: 22, what: 'NetworkPolicy ports.endPort', drop: dropEndPorts },
];

/**
 * What of the manifests a server takes: kinds that it doesn't serve are left out or, where they have an older version of
 * the same shape, given as that; so are fields that are newer than it. `leftOut` says each, in one line.
 */
export function fitTo(server: Server, manifests: Manifest[]): { manifests: Manifest[]; leftOut: string[] } {
  const leftOut: string[] = [];
  const fitting = structuredClone(manifests).filter((manifest) => {
    const { apiVersion, kind, metadata } = manifest;
    if (server.serves(apiVersion, kind)) return true;
    const older = olderVersions[apiVersion];
    if (older !== undefined && server.serves(older, kind)) {
      manifest.apiVersion = older;
      leftOut.push(`${kind} ${metadata.name}: as ${older}`);
      return true;
    }
    leftOut.push(`${kind} ${metadata.name}: left out, ${apiVersion} is not served`);
    return false;
  });
  for (const { since, what, drop } of laterFields.filter((field) => server.minor < field.since)) {
    const count = fitting.reduce((sum, manifest) => sum + drop(manifest), 0);
    if (count > 0) leftOut.push(`${what}: left out in ${count} places, is known since 1.${since}`);
  }
  return { manifests: fitting, leftOut };
}

function dropSleeps(manifest: Manifest): number {
  const sleeping = containersOf(manifest).filter(({ lifecycle }) => lifecycle?.preStop?.sleep);
  for (const container of sleeping) delete container.lifecycle;
  return sleeping.length;
}

/** One of a server that doesn't know them would wait for its end for ever. */
function dropSidecars(manifest: Manifest): number {
  let count = 0;
  for (const { template } of podsOf([manifest])) {
    const { initContainers = [] } = template.spec;
    const kept = initContainers.filter((container) => container['restartPolicy'] !== 'Always');
    if (kept.length < initContainers.length) template.spec.initContainers = kept;
    count += initContainers.length - kept.length;
  }
  return count;
}

function dropFromSpreads(field: string): (manifest: Manifest) => number {
  return (manifest) => {
    const pods = podsOf([manifest]).map(({ template }) => template.spec);
    const spreads = pods.flatMap((pod) => (pod['topologySpreadConstraints'] ?? []) as Record<string, unknown>[]);
    const having = spreads.filter((spread) => field in spread);
    for (const spread of having) delete spread[field];
    return having.length;
  };
}

/** A range is then its first port alone: less than asked for, never more. */
function dropEndPorts(manifest: Manifest): number {
  if (manifest.kind !== 'NetworkPolicy') return 0;
  const { ingress = [], egress = [] } = manifest['spec'] as Record<string, { ports?: { endPort?: number }[] }[]>;
  const having = [...ingress, ...egress].flatMap(({ ports = [] }) => ports).filter((port) => 'endPort' in port);
  for (const port of having) delete port.endPort;
  return having.length;
}

function containersOf(manifest: Manifest): Container[] {
  return podsOf([manifest]).flatMap(({ template }) => [
    ...template.spec.containers,
    ...(template.spec.initContainers ?? []),
  ]);
}
