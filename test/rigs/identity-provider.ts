import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

export interface IdentityProviderOptions {
  redirectUri: string;
  /** Whom it knows, and what it says of them. */
  accounts: Record<string, Record<string, unknown>>;
  /** Who sits before its page of sign-in: that one is let in at once, `refused` is not. */
  account: () => string;
  /** Whether claims are told in the token, or at the userinfo page alone. */
  inToken?: boolean;
  /** The name that browsers and the console know it by. */
  host?: string;
}

/** An OpenID Connect provider that knows the client `console`. */
export interface IdentityProviderRig {
  issuer: string;
  stop(): void;
}

export const clientSecret = 'secret-of-the-console';

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProviderRig> {
  const { redirectUri, accounts, account, inToken = true, host = '127.0.0.1' } = options;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'console',
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: !inToken,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/let-in/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        ...{ clientId: context.oidc.client!.clientId, accountId: context.oidc.session!.accountId! },
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url!.startsWith('/let-in/')) return callback(request, response);
    const result = account() === 'refused' ? { error: 'access_denied' } : { login: { accountId: account() } };
    return void provider.interactionFinished(request, response, result);
  });
  return {
    issuer,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
