import type { Config } from '../config.ts';

/** What is missing of a provider that is configured in part, one line each. */
export function oidcFaults(config: Partial<Pick<Config, 'oidcIssuer' | 'oidcClientId' | 'publicUrl'>>): string[] {
  if (config.oidcIssuer === undefined) return [];
  const missing = (['oidcClientId', 'publicUrl'] as const).filter((key) => config[key] === undefined);
  return missing.map((key) => `${key}: is required where oidcIssuer is set`);
}
