import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Convert } from 'typebox/value';
import { badField, ConsoleFault } from './fault.ts';

/** Reads a part of a request. @throws ConsoleFault `bad_request` that names the field and what is allowed there */
export type Reader = (value: unknown) => unknown;

interface SchemaError {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

type Shape = TSchema & {
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
  enum?: unknown[];
  type?: string;
  description?: string;
  pattern?: string;
};

/** Longest list of names that an error tells. */
const maxAllowed = 300;

/** @param ofTexts the values come as texts (path and query): those of numbers and booleans are read as such. */
export function readerOf(schema: TObject, part: 'params' | 'query' | 'body', ofTexts = part !== 'body'): Reader {
  const validator = Compile(schema);
  const names = Object.keys(schema.properties);
  return (given) => {
    const value = given ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw badField(part, 'must be an object', 'an object');
    const isOpen = (schema as { additionalProperties?: unknown }).additionalProperties !== undefined;
    const unknown = isOpen ? undefined : Object.keys(value).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw badField(unknown.slice(0, 64), 'is not known here', names.length > 0 ? names.join(', ') : 'nothing');
    }
    const read: unknown = ofTexts ? Convert(schema, value) : value;
    if (validator.Check(read)) return read;
    const errors = validator.Errors(read) as SchemaError[];
    throw errors[0]
      ? schemaFault(errors[0], schema as Shape, part)
      : new ConsoleFault('bad_request', `${part} is wrong`);
  };
}

/** All that is wrong with a value, the first fault of each field. */
export function faultsOf(schema: TObject, value: unknown): ConsoleFault[] {
  const found = new Map<string | undefined, ConsoleFault>();
  for (const error of Compile(schema).Errors(value) as SchemaError[]) {
    const fault = schemaFault(error, schema as Shape, 'body');
    if (!found.has(fault.details.field)) found.set(fault.details.field, fault);
  }
  return [...found.values()];
}

function schemaFault(error: SchemaError, schema: Shape, part: string): ConsoleFault {
  const path = error.instancePath.split('/').slice(1).map(unescaped);
  const missing = (error.params['requiredProperties'] as string[] | undefined)?.[0];
  const unknown = (error.params['additionalProperties'] as string[] | undefined)?.[0];
  const at = shapeAt(schema, path);
  if (error.keyword === 'required' && missing !== undefined) {
    return badField(nameOf([...path, missing]), 'is missing', allowedAt(shapeAt(schema, [...path, missing])));
  }
  // What is refused as not known comes first as a value that no schema takes.
  if (error.keyword === 'boolean' || (error.keyword === 'additionalProperties' && unknown !== undefined)) {
    const within = error.keyword === 'boolean' ? path.slice(0, -1) : path;
    const known = Object.keys(shapeAt(schema, within)?.properties ?? {}).join(', ');
    return badField(nameOf(error.keyword === 'boolean' ? path : [...path, unknown!]), 'is not known here', known);
  }
  return badField(nameOf(path) || part, error.message, allowedAt(at));
}

function shapeAt(schema: Shape, path: string[]): Shape | undefined {
  let shape: Shape | undefined = schema;
  for (const name of path) {
    const choices: Shape[] = shape?.anyOf ?? (shape ? [shape] : []);
    shape = choices.map((one) => (/^\d+$/.test(name) && one.items ? one.items : one.properties?.[name])).find(Boolean);
  }
  return shape;
}

/** In words or by the bounds of the schema. */
function allowedAt(shape: Shape | undefined): string | undefined {
  if (!shape) return undefined;
  const { enum: values, anyOf, type, description, pattern } = shape;
  if (values) return values.join(', ').slice(0, maxAllowed);
  if (anyOf)
    return anyOf
      .map((one) => allowedAt(one) ?? '')
      .filter(Boolean)
      .join(', or ')
      .slice(0, maxAllowed);
  const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems']
    .filter((name) => shape[name as keyof Shape] !== undefined)
    .map((name) => `${name} ${String(shape[name as keyof Shape])}`);
  const said = [type, ...bounds, description ?? (pattern === undefined ? undefined : `like ${pattern}`)];
  return (
    said
      .filter((one) => one !== undefined)
      .join('; ')
      .slice(0, maxAllowed) || undefined
  );
}

/** `quotas.pushesPerDay`, `rights[3].app`. Names that a client chose are cut short. */
function nameOf(path: string[]): string {
  let name = '';
  for (const part of path) {
    if (/^\d+$/.test(part)) name += `[${part}]`;
    else name += name === '' ? part.slice(0, 64) : `.${part.slice(0, 64)}`;
  }
  return name;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
