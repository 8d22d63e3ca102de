import { Value } from 'typebox/value';
import {
  type CredentialField,
  credentialAt,
  credentialFields,
  type VendorKind,
} from '../../../../common/protocol/channel-credentials.ts';

/** What the form of a kind holds, by the fields' names: texts as they are typed, switches as they stand. */
export type ChannelDraft = Readonly<Record<string, string | boolean>>;

/** What is wrong with a field: the rule that it breaks, and what it allows. */
export type FieldFault = { rule: 'required' } | { rule: 'tooLong'; limit: number } | { rule: 'form'; form: string };

/** @param shown what may be seen of the credentials that there are: it needs not be typed again. */
export function draftOf(kind: VendorKind, shown: Readonly<Record<string, string>> = {}): ChannelDraft {
  return Object.fromEntries(
    credentialFields(kind).map(({ name, schema }) => {
      if (schema.type !== 'boolean') return [name, schema.writeOnly ? '' : (shown[name] ?? '')];
      return [
        name,
        shown[name] === undefined ? (schema as { default?: boolean }).default === true : shown[name] === 'true',
      ];
    }),
  );
}

/**
 * The credentials that a draft stands for. Nothing is checked, and what is empty is left out. A key may be pasted as it stands
 * in a file of JSON, with `\n` for its line ends.
 */
export function credentialsOf(kind: VendorKind, draft: ChannelDraft): object {
  const credentials = {};
  for (const { name, path } of credentialFields(kind)) {
    const value = draft[name];
    const read = typeof value === 'string' ? value.replaceAll('\\n', '\n').trim() : value;
    if (read !== undefined && read !== '') putAt(credentials, path, read);
  }
  return credentials;
}

/** What is wrong, by the fields' names: the first fault of each, by the kind's schema. */
export function faultsOf(kind: VendorKind, draft: ChannelDraft): ReadonlyMap<string, FieldFault> {
  const credentials = credentialsOf(kind, draft);
  return new Map(
    credentialFields(kind).flatMap((field) => {
      const fault = faultOf(field, credentialAt(credentials, field.path));
      return fault === undefined ? [] : [[field.name, fault] as const];
    }),
  );
}

function faultOf({ schema, optional }: CredentialField, value: unknown): FieldFault | undefined {
  if (value === undefined) return optional ? undefined : { rule: 'required' };
  const [error] = Value.Errors(schema, value);
  if (error === undefined) return undefined;
  if (error.keyword === 'maxLength') return { rule: 'tooLong', limit: schema.maxLength ?? 0 };
  return { rule: 'form', form: schema.description ?? '' };
}

/** A key takes many lines, and comes in a file. */
export function isKey({ schema }: CredentialField): boolean {
  return schema.writeOnly === true && (schema.maxLength ?? 0) > 1_000;
}

/** Whether vendors give credentials of this kind as a file. */
export function comesAsFile(kind: VendorKind): boolean {
  return credentialFields(kind).some(isKey);
}

/**
 * What a file has of the fields of a kind: the vendor's own file of JSON, or a key alone.
 *
 * @returns undefined: nothing.
 */
export function readFile(kind: VendorKind, text: string): ChannelDraft | undefined {
  const key = credentialFields(kind).find(isKey);
  if (key && text.trimStart().startsWith('-----BEGIN ')) return { [key.name]: text };
  const given = parsed(text);
  const found = credentialFields(kind).flatMap(({ name, path, schema }) => {
    const value = credentialAt(given, path) ?? credentialAt(given, [name]);
    return typeof value === schema.type ? [[name, value as string | boolean] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** The field of a fault that the backend found, by its name; undefined: it is none of the kind's. */
export function fieldNamed(kind: VendorKind, at: string | undefined): string | undefined {
  return credentialFields(kind).find(({ path }) => [kind, ...path].join('.') === at)?.name;
}

function putAt(object: object, path: readonly string[], value: unknown): void {
  let within = object as Record<string, unknown>;
  for (const name of path.slice(0, -1)) {
    within[name] ??= {};
    within = within[name] as Record<string, unknown>;
  }
  within[path.at(-1)!] = value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
