import { readFileSync } from 'node:fs';
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { Errors } from 'typebox/value';

/** What a configuration key may say of itself beside its type, default and bounds. */
export interface KeyOptions {
  /** One line for the table in the docs. */
  description: string;
  unit?: 'ms' | 's' | 'bytes';
  /** Changes without a restart. */
  hot?: boolean;
  /** Never printed or logged, nor taken from a config centre. */
  secret?: boolean;
  /** Of this one instance or its host: never taken from a config centre, which says the same to all. */
  own?: boolean;
  /** What a schema can't say of a text: answers what is wrong with it, with nothing of a secret in it. */
  check?: (value: string) => string | undefined;
}

export const envPrefix = 'LONGWIRE_';

/** `redisUrl` is read from `LONGWIRE_REDIS_URL`. */
export function envNameOf(key: string): string {
  return envPrefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** All faults of a configuration, one line each. */
export class ConfigError extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads a configuration: defaults, then the JSON file named by `LONGWIRE_CONFIG`, then the environment; later wins.
 *
 * @throws ConfigError with every fault, not just the first.
 */
export function loadConfig<S extends TObject>(schema: S, env: NodeJS.ProcessEnv): Static<S> {
  return loadWithSources(schema, env).values;
}

/** Where a value was read; a key without a value has none. */
export type ConfigSource = 'default' | 'file' | 'environment';

/** `loadConfig`, and where each value was read. @throws ConfigError */
export function loadWithSources<S extends TObject>(
  schema: S,
  env: NodeJS.ProcessEnv,
): { values: Static<S>; sources: Record<string, ConfigSource> } {
  const faults: string[] = [];
  const sources: Record<string, ConfigSource> = {};
  const fromFile = readFile(env[`${envPrefix}CONFIG`], faults);
  const properties = schema.properties as Record<string, TSchema>;
  for (const key of Object.keys(fromFile)) {
    if (!Object.hasOwn(properties, key)) faults.push(`${key}: unknown key in the file`);
  }
  const values: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(properties)) {
    const text = env[envNameOf(key)];
    const value = text !== undefined ? valueOfText(text, property) : (fromFile[key] ?? defaultOf(property));
    if (value === undefined) {
      if (!Type.IsOptional(property)) faults.push(`${key}: is required (set ${envNameOf(key)})`);
      continue;
    }
    faults.push(...faultsOfValue(key, property, value));
    values[key] = value;
    sources[key] = text !== undefined ? 'environment' : fromFile[key] !== undefined ? 'file' : 'default';
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return { values: values as Static<S>, sources };
}

/** `loadConfig` for a `main.ts`: prints one line a fault and ends the process with code 78 (configuration error). */
export function loadConfigOrExit<S extends TObject>(service: string, schema: S): Static<S> {
  try {
    return loadConfig(schema, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.faults) process.stderr.write(`${service}: configuration: ${fault}\n`);
    process.exit(78);
  }
}

/** What a text stands for under a key; one that isn't written as the key's type stays a text, and is a fault then. */
export function valueOfText(text: string, property: TSchema): unknown {
  const type = (property as { type?: string }).type;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'array') return text.split(',').map((part) => part.trim());
  return text;
}

/** What is wrong with a key's value, one line each. */
export function faultsOfValue(key: string, property: TSchema, value: unknown): string[] {
  const faults = Errors(property, value).map(
    (error) => `${key}${error.instancePath}: ${error.message}${shown(property, value)}`,
  );
  const checked = typeof value === 'string' ? (property as Partial<KeyOptions>).check?.(value) : undefined;
  return checked === undefined ? faults : [...faults, `${key}: ${checked}`];
}

function readFile(path: string | undefined, faults: string[]): Record<string, unknown> {
  if (!path) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return { ...parsed };
    faults.push(`${path}: must hold one JSON object`);
  } catch (error) {
    faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {};
}

function defaultOf(property: TSchema): unknown {
  return (property as { default?: unknown }).default;
}

function shown(property: TSchema, value: unknown): string {
  if ((property as { secret?: boolean }).secret) return '';
  const text = JSON.stringify(value);
  return ` (got ${text.length > 80 ? `${text.slice(0, 80)}…` : text})`;
}
