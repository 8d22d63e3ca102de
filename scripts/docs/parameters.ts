import type { TSchema } from 'typebox';
import { pushed } from '../../services/common/protocol/rest/push.ts';
import type { Endpoint } from '../../services/im/api/endpoint.ts';

/** As much of a parameter's schema as its row shows. */
interface Shape {
  type?: string | string[];
  description?: string;
  enum?: string[];
  properties?: Record<string, Shape>;
  patternProperties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
}

const ofEveryPush = new Set<unknown>(Object.values(pushed));
const inPath = 'in the path';

/** The parameters of a call but for those that every push has, as a table; empty if there are none. */
export function parameterTable({ params, body }: Endpoint): string {
  const ofPath = Object.entries((params?.properties ?? {}) as Record<string, Shape>).map(([name, shape]) =>
    rowOf(name, true, { ...shape, type: inPath }),
  );
  return tableOf([...ofPath, ...rowsOf((body ?? {}) as Shape, '', (shape) => !ofEveryPush.has(shape))]);
}

/** Whether a call takes what every push has, in its body or in each of a list of bodies. */
export function takesPush({ body }: Endpoint): boolean {
  const fields = Object.values((body?.properties ?? {}) as Record<string, Shape>);
  const inner = fields.flatMap(({ items }) => Object.values(items?.properties ?? {}));
  return [...fields, ...inner].some((field) => ofEveryPush.has(field));
}

/** What every push has. */
export function pushTable(): string {
  const optional = (schema: TSchema): boolean => '~optional' in schema;
  const required = Object.entries<TSchema>(pushed).flatMap(([name, schema]) => (optional(schema) ? [] : [name]));
  return tableOf(rowsOf({ properties: pushed as unknown as Record<string, Shape>, required }, '', () => true));
}

function rowsOf(shape: Shape, prefix: string, shown: (shape: Shape) => boolean): string[] {
  if (shape.items) return rowsOf(shape.items, `${prefix}[]`, shown);
  return Object.entries(shape.properties ?? {}).flatMap(([key, field]) => {
    if (!shown(field)) return [];
    const name = prefix === '' ? key : `${prefix}.${key}`;
    // A list of words or ids needs one row only.
    const inner = field.items && !field.items.properties ? [] : rowsOf(field, name, shown);
    return [rowOf(name, (shape.required ?? []).includes(key), field), ...inner];
  });
}

function rowOf(name: string, required: boolean, shape: Shape): string {
  const { items } = shape;
  const said = [shape.description, items?.description].filter((text) => text !== undefined).join('. ');
  return `| \`${name}\` | ${required ? 'yes' : ''} | ${typeOf(shape)} | ${boundsOf(shape)} | ${said} |`;
}

function typeOf({ type, items, patternProperties }: Shape): string {
  if (patternProperties) return 'object of integers';
  return items && type === 'array' ? `list of ${[items.type].flat().join(' or ')}s` : [type].flat().join(' or ');
}

function boundsOf(shape: Shape): string {
  const { enum: words, minimum, maximum, minLength = 0, maxLength, maxItems, items, type } = shape;
  const [values] = Object.values(shape.patternProperties ?? {});
  if (values) return boundsOf(values);
  if (words) return words.map((word) => `\`${word}\``).join(', ');
  if (minimum !== undefined)
    return maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum}` : `${minimum} to ${maximum}`;
  if (maxLength !== undefined)
    return minLength > 1 ? `${minLength} to ${maxLength} characters` : `up to ${maxLength} characters`;
  if (maxItems === undefined || type === inPath) return '';
  const each = items?.maxLength === undefined ? '' : `, each ${boundsOf(items)}`;
  return `${maxItems === 1 ? 'one' : `up to ${maxItems}`}${each}`;
}

function tableOf(rows: string[]): string {
  if (rows.length === 0) return '';
  return ['| parameter | required | type | bounds | what |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
