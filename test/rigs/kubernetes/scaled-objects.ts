import { type Figure, serveExternalMetrics } from './external-metrics.ts';
import type { Kubectl } from './kubectl.ts';
import type { Monitoring } from './monitoring.ts';

interface ScaledObject {
  metadata: { name: string };
  spec: {
    scaleTargetRef: { name: string };
    minReplicaCount: number;
    maxReplicaCount: number;
    advanced: { horizontalPodAutoscalerConfig: { name: string; behavior: object } };
    triggers: { name: string; metricType: 'Value' | 'AverageValue'; metadata: { query: string; threshold: string } }[];
  };
}

/**
 * What KEDA does with ScaledObjects whose triggers are queries of Prometheus: an autoscaler for each, and the figures that it reads. An
 * answer without a value is none, so that nothing is scaled down on it (`ignoreNullValues: "false"`).
 *
 * @returns what ends it
 */
export async function serveScaledObjects(
  kubectl: Kubectl,
  namespace: string,
  address: string,
  monitoring: Monitoring,
): Promise<() => Promise<void>> {
  const list = await kubectl.run(['-n', namespace, 'get', 'scaledobjects', '-o', 'json']);
  const { items } = JSON.parse(list) as { items: ScaledObject[] };
  const figures = new Map<string, Figure>();
  for (const { metadata, spec } of items) {
    for (const { name, metadata: trigger } of spec.triggers) {
      figures.set(
        nameOf(metadata.name, name),
        async () => Object.values(await monitoring.figures(trigger.query, []))[0],
      );
    }
  }
  const end = await serveExternalMetrics(kubectl, address, figures);
  const input = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: items.map((one) => autoscalerOf(one, namespace)),
  });
  await kubectl.run(['apply', '-f', '-'], { input });
  return end;
}

/** A metric's name is part of a path. */
function nameOf(object: string, trigger: string): string {
  return `${object}-${trigger}`.replaceAll('_', '-');
}

function autoscalerOf({ metadata, spec }: ScaledObject, namespace: string): object {
  const { name, behavior } = spec.advanced.horizontalPodAutoscalerConfig;
  const metrics = spec.triggers.map(({ name: trigger, metricType, metadata: { threshold } }) => ({
    type: 'External',
    external: {
      metric: { name: nameOf(metadata.name, trigger) },
      target:
        metricType === 'Value'
          ? { type: 'Value', value: threshold }
          : { type: 'AverageValue', averageValue: threshold },
    },
  }));
  return {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: spec.scaleTargetRef.name },
      ...{ minReplicas: spec.minReplicaCount, maxReplicas: spec.maxReplicaCount, metrics, behavior },
    },
  };
}
