import { componentLabel, type Manifest } from '../../scripts/kubernetes/render.ts';

interface Peer {
  podSelector?: { matchLabels?: Record<string, string> };
  namespaceSelector?: object;
  ipBlock?: { cidr: string; except?: string[] };
}
interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol: string; port: number; endPort?: number }[];
}
export interface Policy {
  podSelector: {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values: string[] }[];
  };
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

export function policiesOf(manifests: Manifest[]): Map<string, Policy> {
  const found = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  return new Map(found.map(({ metadata, spec }) => [metadata.name, spec as Policy]));
}

/**
 * What policies open, as `FROM TO PORTS`, for one direction: a flow between two pods needs both. `placeOf` names the
 * addresses of a block.
 */
export function flowsOf(policies: Map<string, Policy>, way: 'ingress' | 'egress', placeOf: (cidr: string) => string) {
  const flows = new Set<string>();
  for (const [name, policy] of policies) {
    if (name === 'dns') continue;
    for (const rule of policy[way] ?? []) {
      const ports = (rule.ports ?? []).map(({ port, endPort }) => (endPort ? `${port}-${endPort}` : port)).join(', ');
      for (const peer of rule.from ?? rule.to ?? []) {
        const other = peer.ipBlock ? placeOf(peer.ipBlock.cidr) : placeOfPods(peer.podSelector!.matchLabels!);
        for (const own of ownOf(policy)) {
          flows.add(way === 'ingress' ? `${other} ${own} ${ports}` : `${own} ${other} ${ports}`);
        }
      }
    }
  }
  return [...flows].sort();
}

/** The Prometheus of k8s/monitoring is the main service, whatever its namespace. */
function placeOfPods(labels: Record<string, string>): string {
  return labels['app.kubernetes.io/name'] === 'prometheus' ? 'main-service' : labels[componentLabel]!;
}

function ownOf({ podSelector }: Policy): string[] {
  const label = podSelector.matchLabels?.[componentLabel];
  return label === undefined ? (podSelector.matchExpressions?.[0]?.values ?? []) : [label];
}
