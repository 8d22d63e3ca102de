import type { TObject, TSchema } from 'typebox';
import { faultsOfValue, type KeyOptions, valueOfText } from '../config.ts';
import type { ApolloRelease } from '../protocol/apollo-answers.ts';

/** What was found of one namespace; no release: it was never published. */
export interface NamespaceRead {
  namespace: string;
  release: ApolloRelease | undefined;
}

export type Overlaid = { ok: true; values: Record<string, unknown> } | { ok: false; faults: string[] };

/**
 * Lays the namespaces over a configuration, later ones over earlier ones: all of it or, with one line a fault, nothing.
 * All but the last are shared between roles: they hold `shared` keys alone, so that a wrong key there is refused by every
 * role, and one that this role doesn't have is passed over.
 */
export function overlay(
  schema: TObject,
  base: Readonly<Record<string, unknown>>,
  namespaces: NamespaceRead[],
  shared: ReadonlySet<string>,
): Overlaid {
  const properties = schema.properties as Record<string, TSchema & Partial<KeyOptions>>;
  const values: Record<string, unknown> = { ...base };
  const faults: string[] = [];
  for (const [index, { namespace, release }] of namespaces.entries()) {
    if (!release) {
      faults.push(`${namespace}: is not published`);
      continue;
    }
    const isShared = index < namespaces.length - 1;
    for (const [key, text] of Object.entries(release.configurations)) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const refusal = refusalOf(key, property, isShared, shared);
      if (refusal !== undefined) faults.push(`${namespace}: ${key}: ${refusal}`);
      if (refusal !== undefined || !property) continue;
      const value = valueOfText(text, property);
      faults.push(...faultsOfValue(key, property, value).map((fault) => `${namespace}: ${fault}`));
      values[key] = value;
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, values };
}

function refusalOf(
  key: string,
  property: Partial<KeyOptions> | undefined,
  isShared: boolean,
  shared: ReadonlySet<string>,
): string | undefined {
  if (property?.secret) return 'is a secret, which is never taken from Apollo';
  if (property?.own) return 'is of one instance, and never taken from Apollo';
  if (isShared && !shared.has(key)) return property ? 'belongs into the namespace of its role' : 'unknown key';
  return property || isShared ? undefined : 'unknown key';
}
