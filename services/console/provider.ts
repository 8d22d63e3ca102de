import { ConfigError } from '../common/config.ts';
import type { Config } from './config.ts';
import { type IdentityProvider, openIdentityProvider } from './edges/identity-provider.ts';

/** The provider that operators may sign in by; undefined if none is configured. @throws ConfigError if that is done in part */
export function providerOf(config: Readonly<Config>, now: () => number): IdentityProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, oidcScope: scope } = config;
  if (issuer === undefined) return undefined;
  const missing = (['oidcClientId', 'publicUrl'] as const).filter((key) => config[key] === undefined);
  if (clientId === undefined || missing.length > 0) {
    throw new ConfigError(missing.map((key) => `${key}: is required where oidcIssuer is set`));
  }
  const wanted = [config.oidcNameClaim, config.oidcRightsClaim];
  return openIdentityProvider({ issuer, clientId, clientSecret, scope, wanted }, now);
}
