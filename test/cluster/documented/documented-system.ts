import type { Operator } from '../../rigs/kubernetes/documented.ts';
import type { DocumentedLine } from '../../rigs/kubernetes/documented-line.ts';
import type { Kubectl } from '../../rigs/kubernetes/kubectl.ts';
import type { Monitoring } from '../../rigs/kubernetes/monitoring.ts';

/** What was installed by docs/operations.md: the line "push" with its stores, and monitoring. */
export interface Documented {
  readonly kubectl: Kubectl;
  readonly operator: Operator;
  readonly monitoring: Monitoring;
  readonly line: DocumentedLine;
}

/** What goes on while operators do something: little enough for a node of two cores that starts pods as well. */
export const load = { devices: 60, workers: 3 };

export const roleSelector = 'app.kubernetes.io/component in (cm,im,user-redis,user-mysql)';

interface ListedPod {
  metadata: { name: string; deletionTimestamp?: string };
  spec: { containers: { image: string }[] };
}

/** Names of the roles' pods and images of their roles; those that are going are left out. */
export async function rolePods({ kubectl, line }: Documented): Promise<{ name: string; image: string }[]> {
  const list = await kubectl.run(['-n', line.namespace, 'get', 'pods', '-l', roleSelector, '-o', 'json']);
  const { items } = JSON.parse(list) as { items: ListedPod[] };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec }) => ({ name: metadata.name, image: spec.containers[0]!.image }));
}
