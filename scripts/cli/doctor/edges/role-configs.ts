import { readFileSync } from 'node:fs';
import type { TObject, TSchema } from 'typebox';
import { Config as CmConfig } from '../../../../services/cm/config.ts';
import { ConfigError, envNameOf, faultsOfValue, loadConfig, valueOfText } from '../../../../services/common/config.ts';
import { Config as ConsoleConfig } from '../../../../services/console/config.ts';
import { oidcFaults } from '../../../../services/console/core/oidc-faults.ts';
import { Config as ImConfig } from '../../../../services/im/config.ts';
import { Config as UserMysqlConfig } from '../../../../services/user-mysql/config.ts';
import { Config as UserRedisConfig } from '../../../../services/user-redis/config.ts';
import { readBounded } from '../../edges/bounded.ts';
import { UsageError } from '../../faults.ts';
import type { Instance } from '../../target/target.ts';
import { variablesIn } from '../env-text.ts';
import type { RoleConfig, RoleName } from '../readings.ts';

const schemas: Record<RoleName, TObject> = {
  cm: CmConfig,
  im: ImConfig,
  'user-redis': UserRedisConfig,
  'user-mysql': UserMysqlConfig,
  console: ConsoleConfig,
};

/** Bytes of the environment of a process, or of an env file, at the most. */
const maxBytes = 1_048_576;

/** Configurations of the roles' processes on this machine, by their environment; of those that may not be read, none. */
export function configsOfProcesses(instances: Instance[]): RoleConfig[] {
  return instances.flatMap(({ role, instance, pid }) => {
    if (pid === undefined || !isRole(role)) return [];
    try {
      const text = readFileSync(`/proc/${pid}/environ`, 'utf8').slice(0, maxBytes);
      const pairs = text
        .split('\0')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
      return [configOf(role, `process ${instance}`, Object.fromEntries(pairs))];
    } catch {
      return [];
    }
  });
}

/**
 * Configurations that files would start a role with: `cm=common.env,cm.env`, later ones win.
 *
 * @throws UsageError that names the option.
 */
export function configsOfFiles(texts: string[]): RoleConfig[] {
  return texts.map((text) => {
    const [role = '', list = ''] = text.split(/=(.*)/s);
    if (!isRole(role) || list === '') {
      throw new UsageError(
        `--env ${text}: allowed is ROLE=FILE,FILE with a role of ${Object.keys(schemas).join(', ')}`,
      );
    }
    const files = list.split(',');
    return configOf(
      role,
      `file ${files.at(-1)}`,
      Object.assign({}, ...files.map((file) => variablesIn(readBounded(file, `--env ${file}`, maxBytes)))),
    );
  });
}

/** With faults, the values that fit. */
function configOf(role: RoleName, from: string, env: NodeJS.ProcessEnv): RoleConfig {
  const schema = schemas[role];
  const centre = (env['LONGWIRE_APOLLO_META'] ?? '') !== '';
  try {
    const values = loadConfig(schema, env) as Record<string, unknown>;
    return { role, from, values, faults: role === 'console' ? oidcFaults(values) : [], centre };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { role, from, values: fittingOf(schema, env), faults: error.faults, centre };
  }
}

function fittingOf(schema: TObject, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const values = Object.entries(schema.properties as Record<string, TSchema>).flatMap(([key, property]) => {
    const text = env[envNameOf(key)];
    const value = text === undefined ? (property as { default?: unknown }).default : valueOfText(text, property);
    return value === undefined || faultsOfValue(key, property, value).length > 0 ? [] : [[key, value]];
  });
  return Object.fromEntries(values);
}

function isRole(text: string): text is RoleName {
  return Object.hasOwn(schemas, text);
}
