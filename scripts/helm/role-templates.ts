import type { Container, Manifest, PodTemplate } from '../kubernetes/render.ts';
import type { DefaultValues } from './default-values.ts';
import type { TemplateText } from './template-text.ts';

export interface ChartParts {
  text: TemplateText;
  values: DefaultValues;
}

/** `user-redis` is `userRedis` in values. */
export const keyOf = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A manifest of the rendered line, with what is a release's own in place of the line's. */
export function templateOf(manifest: Manifest, parts: ChartParts): object {
  const { text } = parts;
  const { metadata } = manifest;
  const common = {
    ...manifest,
    metadata: {
      ...metadata,
      ...(metadata.namespace && { namespace: text.scalar('.Release.Namespace') }),
      ...labelled(metadata, parts),
    },
  };
  if (manifest.kind === 'Deployment') return deployment(common, parts);
  if (manifest.kind === 'Job') return migrations(common, parts);
  if (manifest.kind === 'Service') return service(common, parts);
  if (manifest.kind === 'ScaledObject') return scaledObject(common, parts);
  if (manifest.kind === 'TriggerAuthentication') {
    const { secretTargetRef } = manifest['spec'] as { secretTargetRef: { name: string }[] };
    return {
      ...common,
      spec: { secretTargetRef: secretTargetRef.map((ref) => ({ ...ref, name: secretName(ref.name, parts) })) },
    };
  }
  if (manifest.kind === 'ResourceQuota') {
    return { ...common, spec: { hard: text.block(parts.values.add('quota.hard', hardOf(manifest))) } };
  }
  return common;
}

function deployment(manifest: Manifest, parts: ChartParts): object {
  const { text, values } = parts;
  const role = `roles.${keyOf(manifest.metadata.name)}`;
  const { replicas, template, ...spec } = manifest['spec'] as { replicas: number; template: PodTemplate };
  return {
    ...manifest,
    spec: {
      [text.fieldIf('replicas', 'not .Values.autoscaling.enabled')]: text.scalar(
        values.add(`${role}.replicas`, replicas),
      ),
      ...spec,
      template: podTemplate(template, role, parts),
    },
  };
}

function migrations(manifest: Manifest, parts: ChartParts): object {
  const { text } = parts;
  const { template, ...spec } = manifest['spec'] as { template: PodTemplate };
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      name: `migrations-${text.scalar('include "longwire.version" .')}`,
      // Before the pods of an upgrade. At an install user-mysql makes the tables, when what it needs is there.
      annotations: { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation' },
    },
    spec: { ...spec, template: podTemplate(template, 'migrations', parts) },
  };
}

function podTemplate(template: PodTemplate, at: string, parts: ChartParts): object {
  const { text, values } = parts;
  const { containers, initContainers, priorityClassName, topologySpreadConstraints, ...pod } = template.spec;
  const agents = '.Values.agent.enabled';
  return {
    metadata: {
      ...template.metadata,
      ...labelled(template.metadata, parts),
      ...text.optional('annotations', values.add(`${at}.podAnnotations`, {})),
    },
    spec: {
      ...text.optional('imagePullSecrets', values.add('images.pullSecrets', [])),
      priorityClassName: text.scalar(`${values.add(`${at}.priorityClassName`, priorityClassName)} | quote`),
      ...text.optional('nodeSelector', values.add(`${at}.nodeSelector`, {})),
      ...text.optional('tolerations', values.add(`${at}.tolerations`, [])),
      ...pod,
      ...(topologySpreadConstraints === undefined
        ? {}
        : {
            topologySpreadConstraints: text.block(
              values.add(`${at}.topologySpreadConstraints`, topologySpreadConstraints),
            ),
          }),
      ...(initContainers && {
        [text.fieldIf('initContainers', agents)]: initContainers.map((one) => container(one, 'agent', parts)),
      }),
      containers: containers.map((one) => container(one, at, parts)),
    },
  };
}

function container(one: Container, at: string, { text, values }: ChartParts): object {
  const { name, image, env = [], envFrom, resources, ...rest } = one;
  const program = /^longwire\/push-(.*):/.exec(image)![1]!;
  values.add(`images.digests.${keyOf(program)}`, '');
  const configName = text.scalar('include "longwire.configName" .');
  return {
    name,
    image: text.scalar(`include "longwire.image" (list . "${program}" .Values.images.digests.${keyOf(program)})`),
    ...text.optional('imagePullPolicy', values.add('images.pullPolicy', ''), 'string'),
    ...(envFrom && { envFrom: [{ configMapRef: { name: configName } }] }),
    env: env.map((variable) => {
      const { secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
      if (secretKeyRef) {
        const ref = { ...secretKeyRef, name: secretName(secretKeyRef.name, { text, values }) };
        return { ...variable, valueFrom: { secretKeyRef: ref } };
      }
      if (configMapKeyRef) {
        return { ...variable, valueFrom: { configMapKeyRef: { ...configMapKeyRef, name: configName } } };
      }
      return variable;
    }),
    ...rest,
    resources: text.block(values.add(`${at}.resources`, resources)),
  };
}

function service(manifest: Manifest, { text, values }: ChartParts): object {
  const { type, externalTrafficPolicy, ...spec } = manifest['spec'] as Record<string, unknown>;
  if (externalTrafficPolicy === undefined) return manifest;
  const at = `roles.${keyOf(manifest.metadata.name)}.service`;
  const known = values.add(`${at}.type`, type);
  return {
    ...manifest,
    metadata: { ...manifest.metadata, ...text.optional('annotations', values.add(`${at}.annotations`, {})) },
    spec: {
      type: text.scalar(known),
      [text.fieldIf('externalTrafficPolicy', `ne ${known} "ClusterIP"`)]: externalTrafficPolicy,
      ...text.optional('loadBalancerClass', values.add(`${at}.loadBalancerClass`, ''), 'string'),
      ...spec,
    },
  };
}

function scaledObject(manifest: Manifest, { text, values }: ChartParts): object {
  const at = `autoscaling.${keyOf(manifest.metadata.name)}`;
  const { minReplicaCount, maxReplicaCount, triggers, ...spec } = manifest['spec'] as {
    minReplicaCount: number;
    maxReplicaCount: number;
    triggers: { metadata: { serverAddress: string; query: string } }[];
  };
  return {
    ...manifest,
    spec: {
      ...spec,
      minReplicaCount: text.scalar(values.add(`${at}.min`, minReplicaCount)),
      maxReplicaCount: text.scalar(values.add(`${at}.max`, maxReplicaCount)),
      triggers: triggers.map(({ metadata, ...trigger }) => ({
        ...trigger,
        metadata: {
          ...metadata,
          serverAddress: text.scalar(values.add('autoscaling.serverAddress', metadata.serverAddress)),
          query: metadata.query.replace(/product_line="[^"]*"/, `product_line="${text.scalar('.Values.line')}"`),
        },
      })),
    },
  };
}

function secretName(name: string, { text, values }: ChartParts): string {
  return text.scalar(values.add(`secrets.${keyOf(name.replace(/^longwire-/, ''))}`, name));
}

function labelled({ labels }: { labels?: Record<string, string> }, { text }: ChartParts): object {
  const key = 'app.kubernetes.io/part-of';
  if (!labels?.[key]) return {};
  return { labels: { ...labels, [key]: `longwire-${text.scalar('.Values.line')}` } };
}

function hardOf({ spec }: Manifest): Record<string, string> {
  return (spec as { hard: Record<string, string> }).hard;
}
