import { createHash, randomBytes } from 'node:crypto';
import { Check } from 'typebox/value';
import { OperatorName } from '../../common/protocol/operator-calls.ts';
import type { oidcCalls } from '../calls/oidc.ts';
import { asking, ConsoleFault } from '../core/fault.ts';
import { rightsOf } from '../core/oidc-rights.ts';
import { type Checks, ProviderAwayError } from '../edges/identity-provider.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

const callbackPath = '/console/api/session/oidc/callback';
const pages = '/console/';

/** Signing in by an identity provider; closed where none is configured. */
export function oidcHandlers({ mysql, sessions, metrics, config, provider }: HandlerDeps): Handlers<typeof oidcCalls> {
  /** Where the browser comes back to. @throws ConsoleFault */
  function opened(): { redirectUri: string; provider: NonNullable<typeof provider> } {
    if (!provider || config.publicUrl === undefined) {
      throw new ConsoleFault('not_found', 'no_provider');
    }
    return { redirectUri: config.publicUrl + callbackPath, provider };
  }

  return {
    async beginOidc({ setSignIn }) {
      const { redirectUri, provider } = opened();
      const checks = { state: random(), nonce: random(), verifier: random() };
      const location = await fromProvider(provider.begin(redirectUri, checks));
      setSignIn(Object.values(checks).join('.'));
      return { location };
    },

    async finishOidc({ query, cookies, client, note, setSession, setSignIn }) {
      const { redirectUri, provider } = opened();
      const checks = checksOf(cookies['longwire_sign_in']);
      // Each begin has one end.
      setSignIn(null);
      if (!checks) throw new ConsoleFault('bad_credentials', 'sign_in_not_begun');
      const cameTo = `${redirectUri}?${new URLSearchParams(query as Record<string, string>)}`;
      const claims = await fromProvider(provider.finish(cameTo, checks));
      const name = claims[config.oidcNameClaim];
      if (!Check(OperatorName, name)) {
        throw new ConsoleFault('bad_credentials', 'no_name_claim', { params: { claim: config.oidcNameClaim } });
      }
      note({ operator: name });
      const rights = rightsOf(claims[config.oidcRightsClaim], config.oidcRights);
      if (rights.length === 0) {
        metrics.signedIn('refused');
        throw new ConsoleFault('forbidden', 'no_right_given');
      }
      const subject = createHash('sha256').update(`${claims.iss}\n${claims.sub}`).digest('hex');
      const { operator } = await asking('user-mysql', mysql.putOidcOperator({ subject, name, rights }), {
        conflict: 'name_taken',
      });
      const from = { address: client, countedAddress: null };
      const begun = await asking('user-mysql', sessions.open(operator.id, from));
      if (begun === null) throw new ConsoleFault('bad_credentials', 'account_disabled');
      metrics.signedIn('done');
      setSession(begun.token);
      return { location: pages };
    },
  };
}

async function fromProvider<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProviderAwayError || isTimeout(error)) {
      const role = 'identity provider';
      throw new ConsoleFault('unavailable', 'role_away', { role, params: { role }, cause: error });
    }
    throw new ConsoleFault('bad_credentials', 'not_confirmed', { cause: error });
  }
}

function isTimeout(error: unknown): boolean {
  const { name, cause, code } = error as { name?: string; cause?: { name?: string }; code?: string };
  return [name, cause?.name].includes('TimeoutError') || code === 'OAUTH_TIMEOUT';
}

function checksOf(cookie: string | undefined): Checks | undefined {
  const [, state, nonce, verifier] = /^([\w-]{43})\.([\w-]{43})\.([\w-]{43})$/.exec(cookie ?? '') ?? [];
  return state === undefined ? undefined : { state, nonce: nonce!, verifier: verifier! };
}

function random(): string {
  return randomBytes(32).toString('base64url');
}
