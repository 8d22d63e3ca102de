import { readFileSync } from 'node:fs';
import { type AgentConfig, configKeys } from '../config-keys.ts';
import { readConfig } from '../core/read-config.ts';

/** The configuration, or one line a fault and the end of the process with code 78 (configuration error). */
export function configOrExit(env: NodeJS.ProcessEnv): AgentConfig {
  const path = env['LONGWIRE_CONFIG'];
  let file: { path: string; text: string } | undefined;
  try {
    if (path) file = { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return exit([`${path}: ${(error as Error).message}`]);
  }
  const read = readConfig(configKeys, env, file);
  return 'config' in read ? read.config : exit(read.faults);
}

function exit(faults: string[]): never {
  for (const fault of faults) process.stderr.write(`agent: configuration: ${fault}\n`);
  process.exit(78);
}
