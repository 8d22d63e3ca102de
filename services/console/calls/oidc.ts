import Type from 'typebox';
import { endpoint } from './endpoint.ts';

const Location = Type.Object({ location: Type.String() });

/**
 * Signing in by OpenID Connect. Both calls are gone to by the browser itself: they answer 302, to the provider, to the pages, or, with what
 * went wrong, to `/console/sign-in?fault=CODE`.
 */
export const oidcCalls = {
  beginOidc: endpoint({
    method: 'GET',
    path: '/session/oidc',
    summary: 'Goes to the identity provider',
    needs: 'nothing',
    answer: Location,
    redirects: true,
    example: {},
  }),
  finishOidc: endpoint({
    method: 'GET',
    path: '/session/oidc/callback',
    summary: 'Comes back from the identity provider, signed in',
    needs: 'nothing',
    // Providers add what they like.
    query: Type.Object({}, { additionalProperties: Type.String({ maxLength: 4_096 }) }),
    answer: Location,
    redirects: true,
    audited: true,
    example: { query: {} },
  }),
};
