import { ConfigError } from '../common/config.ts';
import type { Config } from './config.ts';
import { oidcFaults } from './core/oidc-faults.ts';
import { type IdentityProvider, openIdentityProvider } from './edges/identity-provider.ts';

/** The provider that operators may sign in by; undefined if none is configured. @throws ConfigError if that is done in part */
export function providerOf(config: Readonly<Config>, now: () => number): IdentityProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, oidcScope: scope } = config;
  if (issuer === undefined) return undefined;
  const faults = oidcFaults(config);
  if (clientId === undefined || faults.length > 0) throw new ConfigError(faults);
  const wanted = [config.oidcNameClaim, config.oidcRightsClaim];
  return openIdentityProvider({ issuer, clientId, clientSecret, scope, wanted }, now);
}
