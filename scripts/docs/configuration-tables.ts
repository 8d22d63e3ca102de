import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Type, { type TObject, type TSchema } from 'typebox';
import { envNameOf, type KeyOptions } from '../../services/common/config.ts';

/** As much of a key's schema as its row shows. */
type KeySchema = Partial<KeyOptions> & {
  type?: string;
  enum?: string[];
  items?: KeySchema;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  pattern?: string;
};

/** Between these lines of the page stand the tables. */
const place = /(<!-- keys -->\n)[\s\S]*(<!-- end -->)/;

/** `docs/configuration.md` with its tables as each `config.ts` of a service makes them; what is around them is written by hand. */
export async function configurationPage(root: string): Promise<string> {
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  if (!place.test(page)) throw new Error('docs/configuration.md has no place for the tables');
  const services = readdirSync(join(root, 'services'))
    .filter((name) => name !== 'common' && existsSync(join(root, 'services', name, 'config.ts')))
    .sort();
  const sections = await Promise.all(
    services.map(async (service) => {
      const { Config } = (await import(`../../services/${service}/config.ts`)) as { Config: TObject };
      return `## ${service}\n\n${tableOf(Config.properties as Record<string, TSchema>)}`;
    }),
  );
  return page.replace(place, (_, begin, end) => `${begin}\n${sections.join('\n')}\n${end}`);
}

function tableOf(keys: Record<string, TSchema>): string {
  const columns = ['key', 'environment', 'type', 'unit', 'default', 'bounds', 'hot', 'notes', 'description'];
  const rows = Object.entries(keys).map(([key, schema]) => rowOf(key, schema, !Type.IsOptional(schema)));
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function rowOf(key: string, given: TSchema, needed: boolean): string[] {
  const schema = given as KeySchema;
  const required = needed && schema.default === undefined;
  const notes = [required ? 'required' : '', schema.secret ? 'secret' : '', schema.own ? 'own' : ''];
  return [
    `\`${key}\``,
    `\`${envNameOf(key)}\``,
    typeOf(schema),
    schema.unit ?? '',
    // The same page on every machine.
    schema.default === hostname() && key === 'instance' ? "the host's name" : defaultOf(schema),
    boundsOf(schema),
    schema.hot ? 'yes' : '',
    notes.filter((note) => note !== '').join(', '),
    cell(schema.description ?? ''),
  ];
}

function typeOf(schema: KeySchema): string {
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return schema.type ?? '';
}

function defaultOf({ default: value }: KeySchema): string {
  if (value === undefined) return '';
  return `\`${cell(Array.isArray(value) ? value.join(',') : String(value))}\``;
}

function boundsOf(schema: KeySchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, pattern, items } = schema;
  const parts = [
    rangeOf(minimum, maximum, ''),
    rangeOf(minLength, maxLength, ' characters'),
    minItems === undefined ? '' : `at least ${minItems}`,
    pattern === undefined ? '' : `\`${cell(pattern)}\``,
  ];
  if (items) parts.push(boundsOf(items) === '' ? '' : `each ${boundsOf(items)}`);
  return parts.filter((part) => part !== '').join('; ');
}

function rangeOf(low: number | undefined, high: number | undefined, what: string): string {
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return `≥ ${low}${what}`;
  return low === undefined ? `≤ ${high}${what}` : `${low} to ${high}${what}`;
}

/** Text that doesn't end its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
