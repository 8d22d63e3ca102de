import type { Endpoint } from '../../../../services/im/api/endpoint.ts';
import type { Given } from './examples.ts';

/** As much of a JSON schema as says what a parameter may be. */
export interface Shape {
  type?: string | string[];
  properties?: Record<string, Shape>;
  patternProperties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  enum?: unknown[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

/** One parameter: where it stands, what it may be, and a request that is right in all else. */
export interface Place {
  endpoint: Endpoint;
  part: 'params' | 'body';
  /** As faults name it. */
  name: string;
  path: (string | number)[];
  shape: Shape;
  required: boolean;
  base: Given;
}

/** What a push may contain, one at a time, and the schema doesn't say so. */
const contents: Record<string, unknown> = {
  notification: {
    title: 'Title',
    body: 'Body',
    click_type: 'none',
    intent: 'intent:#end',
    url: 'https://shop.example/',
    payload: '{}',
  },
  transmission: 'text',
  revoke: { old_task_id: 'RASL_of_before' },
};

/** Every parameter of a call, at every depth. */
export function placesOf(endpoint: Endpoint): Place[] {
  const { params, body, example } = endpoint;
  const given: Given = { params: example.params ?? {}, body: example.body };
  const found: Place[] = [];
  const visit = (part: Place['part'], shape: Shape, path: Place['path'], base: Given): void => {
    for (const [key, inner] of childrenOf(shape)) {
      const at = [...path, key];
      const ready = made(base, part, at, inner);
      const required = typeof key === 'number' || (shape.required ?? []).includes(key);
      found.push({ endpoint, part, name: nameOf(at), path: at, shape: inner, required, base: ready });
      if (part === 'body') visit(part, inner, at, ready);
    }
  };
  if (params) visit('params', params as Shape, [], given);
  if (body) visit('body', body as Shape, [], given);
  return found;
}

/** The same request with another value at the place; undefined takes it away. */
export function put({ part, path }: Pick<Place, 'part' | 'path'>, given: Given, value: unknown): Given {
  const copy = structuredClone(given);
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Fields, copy[part] as Fields);
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

export function valueAt({ part, path }: Pick<Place, 'part' | 'path'>, given: Given): unknown {
  return path.reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], given[part]);
}

type Fields = Record<string | number, unknown>;

function childrenOf({ properties, patternProperties, items }: Shape): [string | number, Shape][] {
  if (items) return [[0, items]];
  const any = Object.values(patternProperties ?? {}).map((shape): [string, Shape] => ['default', shape]);
  return [...Object.entries(properties ?? {}), ...any];
}

/** The request with something at the place, if it is to have things within it. */
function made(base: Given, part: Place['part'], path: Place['path'], shape: Shape): Given {
  const key = path.at(-1)!;
  if (path.at(-2) === 'push_message' && Object.hasOwn(contents, key)) {
    const message = { part, path: path.slice(0, -1) };
    const { notification: _n, transmission: _t, revoke: _r, ...rest } = valueAt(message, base) as Fields;
    return put(message, base, { ...rest, [key]: contents[key] });
  }
  const within = shape.properties !== undefined || shape.patternProperties !== undefined;
  return within && valueAt({ part, path }, base) === undefined ? put({ part, path }, base, {}) : base;
}

/** `msg_list[0].audience`. */
function nameOf(path: Place['path']): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? key : `${name}.${key}`;
  }, '');
}
