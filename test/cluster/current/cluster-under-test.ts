import type { Kubectl } from '../../rigs/kubernetes/kubectl.ts';
import type { Line } from '../../rigs/kubernetes/line.ts';

/** What the suites of a current cluster share: they look at the cluster itself, beside the line's own behaviour. */
export interface ClusterUnderTest {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly line: Line;
}

/** As far as the suites look into one. */
export interface SeenPod {
  metadata: { name: string; creationTimestamp: string; labels: Record<string, string>; deletionTimestamp?: string };
  spec: { initContainers?: { name: string; restartPolicy?: string }[]; containers: { name: string; image: string }[] };
  status: {
    podIP: string;
    containerStatuses?: SeenContainer[];
    initContainerStatuses?: SeenContainer[];
  };
}

export interface SeenContainer {
  name: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state: { running?: { startedAt: string } };
  lastState?: { terminated?: { exitCode: number; reason: string } };
}

export async function seenPod({ kubectl, namespace }: ClusterUnderTest, name: string): Promise<SeenPod> {
  return JSON.parse(await kubectl.run(['-n', namespace, 'get', 'pod', name, '-o', 'json'])) as SeenPod;
}

/** The line's, without those that are going and those of a Job. */
export async function seenPods({ kubectl, namespace }: ClusterUnderTest): Promise<SeenPod[]> {
  const selected = ['-l', 'app.kubernetes.io/name=longwire,app.kubernetes.io/component!=migrations'];
  const list = await kubectl.run(['-n', namespace, 'get', 'pods', ...selected, '-o', 'json']);
  const { items } = JSON.parse(list) as { items: SeenPod[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
