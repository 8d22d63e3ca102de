import { runLabel } from './install.ts';
import type { Kubectl } from './kubectl.ts';

export interface BystanderOptions {
  kubectl: Kubectl;
  namespace: string;
  name: string;
  /** One that the node has, with Node in it. */
  image: string;
  labels?: Record<string, string>;
}

/** Starts a pod that does nothing, to make connections from, and waits until it runs. */
export async function startBystander(options: BystanderOptions): Promise<void> {
  const { kubectl, namespace, name, image, labels = {} } = options;
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels } },
    spec: {
      ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 0 },
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          ...{ name, image, imagePullPolicy: 'Never', command: ['node', '-e', 'setInterval(() => {}, 1 << 30)'] },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
  await kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  await kubectl.run(['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=60s', `pod/${name}`], {
    timeoutMs: 70_000,
  });
}

/** Makes a namespace that is removed with the run's own. */
export async function makeNamespace(kubectl: Kubectl, name: string, run: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [runLabel]: run } } };
  await kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(namespace) });
}
