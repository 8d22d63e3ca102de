import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const root = resolve(import.meta.dirname, '../..');

/** As far as the tests look into one; `schemas.ts` looks at all of it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

export interface Container {
  name: string;
  image: string;
  env?: {
    name: string;
    value?: string;
    valueFrom?: {
      secretKeyRef?: { name: string; key: string };
      configMapKeyRef?: { name: string; key: string };
      fieldRef?: { fieldPath: string };
    };
  }[];
  envFrom?: { configMapRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  securityContext?: Record<string, unknown>;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  [probe: string]: unknown;
}

export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers?: Container[];
    volumes?: unknown[];
    securityContext?: Record<string, unknown>;
    terminationGracePeriodSeconds?: number;
    [field: string]: unknown;
  };
}

/** Whether this machine's kubectl has kustomize 5, with which all of this is written. */
export function kustomizeMissing(): string | undefined {
  try {
    const text = execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8', timeout: 20_000 });
    return /Kustomize Version: v5\./.test(text) ? undefined : 'needs kubectl with kustomize 5';
  } catch {
    return 'needs kubectl: none on the PATH runs';
  }
}

/** What `kubectl apply -k FOLDER` would apply. */
export function render(folder: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', join(root, folder)], { encoding: 'utf8', timeout: 30_000 });
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

/** Pod templates of everything that makes pods. */
export function podsOf(manifests: Manifest[]): { name: string; kind: string; template: PodTemplate }[] {
  return manifests
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map(({ kind, metadata, spec }) => ({
      name: metadata.name,
      kind,
      template: (spec as { template: PodTemplate }).template,
    }));
}

/** All of a pod's, with its sidecars. */
export function containersOf({ spec }: PodTemplate): Container[] {
  return [...spec.containers, ...(spec.initContainers ?? [])];
}

export const componentLabel = 'app.kubernetes.io/component';
