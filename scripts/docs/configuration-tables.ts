import { existsSync, readdirSync } from 'node:fs';
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

const head = `# Configuration

Made from the schemas of the services by \`node scripts/docs/configuration.ts\`; a test compares the two.

A service reads its keys from its defaults, then from the JSON file that \`LONGWIRE_CONFIG\` names (one object, keys as in
the first column), then from the environment, then from Apollo ([config centre](config-centre.md)), where one is set; later wins. In the
environment and in Apollo a list is separated by commas, and a truth value is \`true\` or \`false\`. A value that doesn't fit ends start-up
with exit code 78 and one line for each fault on standard error.

*hot* keys take effect in a running instance when they change in Apollo; others at its next start. *secret* values are never printed, and
never taken from Apollo. *own* keys are of one instance or its host, and not taken from Apollo either. *required* keys have no default.
`;

/** The whole page, from each `config.ts` of a service. */
export async function configurationPage(root: string): Promise<string> {
  const services = readdirSync(join(root, 'services'))
    .filter((name) => name !== 'common' && existsSync(join(root, 'services', name, 'config.ts')))
    .sort();
  const sections = await Promise.all(
    services.map(async (service) => {
      const { Config } = (await import(`../../services/${service}/config.ts`)) as { Config: TObject };
      return `## ${service}\n\n${tableOf(Config.properties as Record<string, TSchema>)}`;
    }),
  );
  return `${[head, ...sections].join('\n')}`;
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
