import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Convert } from 'typebox/value';
import type { Reason, ReasonParams } from '../calls/reasons.ts';
import { badField, type ConsoleFault } from './fault.ts';

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
    if (typeof value !== 'object' || Array.isArray(value)) throw badField(part, 'not_an_object', 'an object');
    const isOpen = (schema as { additionalProperties?: unknown }).additionalProperties !== undefined;
    const unknown = isOpen ? undefined : Object.keys(value).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw badField(unknown.slice(0, 64), 'unknown_field', names.length > 0 ? names.join(', ') : 'nothing');
    }
    const read: unknown = ofTexts ? Convert(schema, value) : value;
    if (validator.Check(read)) return read;
    const errors = validator.Errors(read) as SchemaError[];
    throw errors[0] ? schemaFault(errors[0], schema as Shape, part) : badField(part, 'wrong_form');
  };
}

/** All that is wrong with a value, the first fault of each field. */
export function faultsOf(schema: TObject, value: unknown): ConsoleFault[] {
  const found = new Map<string | undefined, ConsoleFault>();
  const errors = Compile(schema).Errors(value) as SchemaError[];
  for (const error of errors.flatMap(oneByOne)) {
    const fault = schemaFault(error, schema as Shape, 'body');
    if (!found.has(fault.details.field)) found.set(fault.details.field, fault);
  }
  return [...found.values()];
}

/** Fields that are missing in one place are told together. */
function oneByOne(error: SchemaError): SchemaError[] {
  const missing = error.params['requiredProperties'] as string[] | undefined;
  if (error.keyword !== 'required' || !missing) return [error];
  return missing.map((name) => ({ ...error, params: { requiredProperties: [name] } }));
}

function schemaFault(error: SchemaError, schema: Shape, part: string): ConsoleFault {
  const path = error.instancePath.split('/').slice(1).map(unescaped);
  const missing = (error.params['requiredProperties'] as string[] | undefined)?.[0];
  const unknown = (error.params['additionalProperties'] as string[] | undefined)?.[0];
  const at = shapeAt(schema, path);
  if (error.keyword === 'required' && missing !== undefined) {
    return badField(nameOf([...path, missing]), 'missing', allowedAt(shapeAt(schema, [...path, missing])));
  }
  // What is refused as not known comes first as a value that no schema takes.
  if (error.keyword === 'boolean' || (error.keyword === 'additionalProperties' && unknown !== undefined)) {
    const within = error.keyword === 'boolean' ? path.slice(0, -1) : path;
    const known = Object.keys(shapeAt(schema, within)?.properties ?? {}).join(', ');
    return badField(nameOf(error.keyword === 'boolean' ? path : [...path, unknown!]), 'unknown_field', known);
  }
  const { reason, params } = brokenRule(error, at);
  return badField(nameOf(path) || part, reason, allowedAt(at), params);
}

/** The rule of a schema that a value breaks, as a reason. */
function brokenRule({ keyword, params }: SchemaError, at: Shape | undefined): { reason: Reason; params: ReasonParams } {
  const ofLimit = limitReasons[keyword];
  if (ofLimit) return { reason: ofLimit, params: { limit: Number(params['limit'] ?? 0) } };
  if (keyword === 'type') return { reason: 'wrong_type', params: { type: [params['type']].flat().join(', ') } };
  const values = at?.enum?.join(', ').slice(0, maxAllowed);
  if (values !== undefined) return { reason: 'not_one_of', params: { values } };
  const form = at?.description;
  return form === undefined ? { reason: 'wrong_form', params: {} } : { reason: 'wrong_form_of', params: { form } };
}

const limitReasons: Readonly<Record<string, Reason>> = {
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  minimum: 'too_small',
  maximum: 'too_great',
};

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
