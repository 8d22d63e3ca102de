import type { AgentConfig, Key } from '../config-keys.ts';

/** What was read, or every fault, one line each. */
export type ReadConfig = { config: AgentConfig } | { faults: string[] };

/**
 * Reads the agent's configuration as `loadConfig` reads that of a role: defaults, then the JSON file whose text `file` is, then
 * the environment; later wins. `file` is undefined where there is none.
 */
export function readConfig(
  keys: Record<keyof AgentConfig, Key>,
  env: Record<string, string | undefined>,
  file: { path: string; text: string } | undefined,
): ReadConfig {
  const faults: string[] = [];
  const fromFile = file === undefined ? {} : parsed(file, faults);
  faults.push(
    ...Object.keys(fromFile)
      .filter((key) => !Object.hasOwn(keys, key))
      .map((key) => `${key}: unknown key in the file`),
  );
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(keys)) {
    const envName = `LONGWIRE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const text = env[envName];
    const value = text === undefined ? (fromFile[name] ?? key.default) : ofText(text, key);
    if (value !== undefined) {
      faults.push(...faultsOf(value, key).map((fault) => `${name}: ${fault}${shown(value, key)}`));
      values[name] = value;
    } else if (!key.optional) {
      faults.push(`${name}: is required (set ${envName})`);
    }
  }
  return faults.length > 0 ? { faults } : { config: values as unknown as AgentConfig };
}

function parsed({ path, text }: { path: string; text: string }, faults: string[]): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value };
    faults.push(`${path}: must hold one JSON object`);
  } catch (error) {
    faults.push(`${path}: ${(error as Error).message}`);
  }
  return {};
}

function ofText(text: string, { type }: Key): unknown {
  return type === 'integer' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function faultsOf(value: unknown, key: Key): string[] {
  const faults: (string | false)[] = [];
  if (key.type === 'integer') {
    if (typeof value !== 'number') return ['must be integer'];
    if (!Number.isInteger(value)) faults.push('must be integer');
    faults.push(key.minimum !== undefined && value < key.minimum && `must be >= ${key.minimum}`);
    faults.push(key.maximum !== undefined && value > key.maximum && `must be <= ${key.maximum}`);
  } else {
    if (typeof value !== 'string') return ['must be string'];
    const { enum: values, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = key;
    faults.push(values !== undefined && !values.includes(value) && 'must be equal to one of the allowed values');
    faults.push(pattern !== undefined && !new RegExp(pattern, 'u').test(value) && `must match pattern "${pattern}"`);
    faults.push(value.length < minLength && `must not have fewer than ${minLength} characters`);
    faults.push(value.length > maxLength && `must not have more than ${maxLength} characters`);
  }
  return faults.filter((fault) => fault !== false);
}

function shown(value: unknown, { secret }: Key): string {
  if (secret) return '';
  const text = JSON.stringify(value);
  return ` (got ${text.length > 80 ? `${text.slice(0, 80)}…` : text})`;
}
