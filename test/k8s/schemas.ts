import * as models from '@kubernetes/client-node';
import type { Manifest } from '../../scripts/kubernetes/render.ts';
import { foreignKinds } from './foreign-kinds.ts';

/**
 * Checks manifests against the models of Kubernetes' official client, which are made of the OpenAPI document of 1.32: every
 * field has to be there and of its type. Which fields are required, and enumerations, see constraints.ts.
 * Kinds that aren't Kubernetes' own are checked against the fields used here (foreign-kinds.ts).
 */
interface Field {
  baseName: string;
  type: string;
}
type Model = { getAttributeTypeMap(): Field[] };

/** One line a fault. */
export function faultsOf(manifest: Manifest): string[] {
  const { kind, apiVersion } = manifest;
  const where = `${kind}/${manifest.metadata.name}`;
  const foreign = foreignKinds[`${apiVersion}/${kind}`];
  if (foreign) return fieldFaults(foreign, manifest['spec'], 'spec', `${where}.`);
  const [group, version = group!] = apiVersion.split('/');
  if (group!.includes('.') && !group!.endsWith('.k8s.io')) return [`${where}: unknown group`];
  return walk(manifest, version[0]!.toUpperCase() + version.slice(1) + kind, where);
}

function fieldFaults(fields: Record<string, string[]>, value: unknown, path: string, where: string): string[] {
  if (path.endsWith('.behavior')) return walk(value, 'V2HorizontalPodAutoscalerBehavior', where + path);
  if (Array.isArray(value)) return value.flatMap((item) => fieldFaults(fields, item, path, where));
  const known = fields[path];
  if (known === undefined || !isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    known.includes(key)
      ? fieldFaults(fields, item, `${path}.${key}`, where)
      : [`${where}${path}.${key}: unknown field`],
  );
}

function walk(value: unknown, type: string, where: string): string[] {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) return [`${where}: not a list`];
    return value.flatMap((item, index) => walk(item, list[1]!, `${where}[${index}]`));
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map) {
    if (!isObject(value)) return [`${where}: not a map`];
    return Object.entries(value).flatMap(([key, item]) => walk(item, map[1]!, `${where}.${key}`));
  }
  if (type === 'any') return [];
  if (type === 'IntOrString') return ['string', 'number'].includes(typeof value) ? [] : [`${where}: not ${type}`];
  if (type === 'Date') return typeof value === 'string' ? [] : [`${where}: not a date`];
  if (['string', 'number', 'boolean'].includes(type)) return typeof value === type ? [] : [`${where}: not a ${type}`];
  const model = (models as unknown as Record<string, Model | undefined>)[type];
  if (!model) return [`${where}: unknown type ${type}`];
  if (!isObject(value)) return [`${where}: not an object`];
  const fields = new Map(model.getAttributeTypeMap().map((field) => [field.baseName, field.type]));
  return Object.entries(value).flatMap(([key, item]) => {
    const field = fields.get(key);
    return field === undefined ? [`${where}.${key}: unknown field`] : walk(item, field, `${where}.${key}`);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
