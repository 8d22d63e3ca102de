import * as client from 'openid-client';

/** What is agreed between the begin and the end of one sign-in; only the browser that began has it. */
export interface Checks {
  state: string;
  nonce: string;
  verifier: string;
}

export interface IdentityProvider {
  /** Where the browser goes to sign in. @throws Error if the provider doesn't answer */
  begin: (redirectUri: string, checks: Checks) => Promise<string>;
  /**
   * What the provider says of who came back, once its word is checked.
   *
   * @param cameTo the whole address that the browser came back to. @throws Error if the provider refused, or its word doesn't hold
   */
  finish: (cameTo: string, checks: Checks) => Promise<Claims>;
}

export type Claims = Record<string, unknown> & { iss: string; sub: string };

export interface ProviderOptions {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  scope: string;
  /** Claims that are asked for at the provider's userinfo page where its token has none of them. */
  wanted: readonly string[];
}

/** Deadline of one call to the provider. */
const providerMs = 5_000;
/** How long what the provider says of itself is taken as it was read. */
const discoveredMs = 3_600_000;

/** The provider didn't answer: another time it may. */
export class ProviderAwayError extends Error {}

/** A provider of OpenID Connect, with the authorization code flow, PKCE, state and nonce. Nothing is asked before somebody signs in. */
export function openIdentityProvider(options: ProviderOptions, now: () => number): IdentityProvider {
  let known: { configuration: client.Configuration; at: number } | undefined;

  async function configuration(): Promise<client.Configuration> {
    if (known && now() - known.at < discoveredMs) return known.configuration;
    const server = new URL(options.issuer);
    // http is for a provider on this machine alone.
    const insecure = server.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    const auth = options.clientSecret === undefined ? client.None() : client.ClientSecretPost(options.clientSecret);
    const settings = { execute: insecure, timeout: providerMs / 1_000 };
    const found = await client.discovery(server, options.clientId, {}, auth, settings).catch((error: unknown) => {
      throw new ProviderAwayError('the identity provider does not answer', { cause: error });
    });
    known = { configuration: found, at: now() };
    return found;
  }

  return {
    async begin(redirectUri, { state, nonce, verifier }) {
      const url = client.buildAuthorizationUrl(await configuration(), {
        ...{ redirect_uri: redirectUri, scope: options.scope, state, nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },

    async finish(cameTo, { state, nonce, verifier }) {
      const at = await configuration();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await client.authorizationCodeGrant(at, new URL(cameTo), checks);
      const claims = tokens.claims() as Claims;
      const isComplete = options.wanted.every((name) => claims[name] !== undefined);
      if (isComplete || at.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await client.fetchUserInfo(at, tokens.access_token, claims.sub)), ...claims };
    },
  };
}
