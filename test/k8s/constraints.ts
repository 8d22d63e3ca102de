import type { Manifest } from '../../scripts/kubernetes/render.ts';
import { foreignKinds } from './foreign-kinds.ts';

interface Model {
  /** @throws Error with one line for all faults. */
  validate(): void;
}

/**
 * Checks manifests for what `schemas.ts` can't see: fields that are required, enumerations, numbers that are none. The models
 * are of a later Kubernetes than 1.32 and let unknown fields pass, so neither check takes the other's place. Kinds that
 * aren't Kubernetes' own aren't known to it.
 */
export async function constraintFaultsOf(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind, metadata } = manifest;
  if (`${apiVersion}/${kind}` in foreignKinds) return [];
  const path = `kubernetes-models/${apiVersion}/${kind}`;
  const module = (await import(path)) as Record<string, new (given: object) => Model>;
  try {
    new module[kind]!(manifest).validate();
    return [];
  } catch (error) {
    return (error as Error).message.split(', ').map((fault) => `${kind}/${metadata.name}: ${fault}`);
  }
}
