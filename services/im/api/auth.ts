import { createHash } from 'node:crypto';
import Type from 'typebox';
import { type App, goodSecrets } from '../../common/protocol/app.ts';
import { quotaOf } from '../../common/protocol/quotas.ts';
import { AuthBody, AuthData } from '../../common/protocol/rest/auth.ts';
import { example } from '../../common/protocol/rest/examples.ts';
import { refuseDisabled } from './admission.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { ApiFault, invalid } from './faults.ts';
import { equalText, issueToken, readToken, tokenTtlMs } from './tokens.ts';

const maxSkewMs = 10 * 60_000;

export const authenticate = endpoint({
  name: 'auth',
  method: 'POST',
  path: '/auth',
  summary: 'Issue a token, valid for 24 h',
  open: true,
  body: AuthBody,
  data: AuthData,
  codes: ['appDisabled', 'authRate'],
  example: {
    body: { sign: example.sign, timestamp: example.timestamp, appkey: example.appKey },
    data: { expire_time: '1764086400000', token: example.token },
  },
  async handle(context, { app, body, client }) {
    const { deps, lookups } = context;
    const fail = (parameter: string): ApiFault => (deps.authLimits.failed(client) ? invalid(parameter) : tooMany());
    const timestamp = String(body.timestamp);
    if (!/^\d{13}$/.test(timestamp) || Math.abs(deps.now() - Number(timestamp)) > maxSkewMs) throw fail('timestamp');
    // For who has failed too often nothing is looked up: a right sign of an app that is known here still works.
    const mayFail = deps.authLimits.mayFail(client);
    let found = mayFail ? await context.findApp(app) : context.rememberedApp(app);
    if (!signs(found, body, timestamp, deps.now())) {
      if (!mayFail) throw fail('sign');
      // Another instance may know of a new secret already.
      found = await context.findAppAnew(app);
      if (!signs(found, body, timestamp, deps.now())) throw fail('sign');
    }
    if (found === null) throw fail('sign');
    await refuseDisabled(context, found);
    // Only good signs count: whoever can't sign can't use up another's right to authenticate.
    const most = quotaOf(found.quotas, 'authsPerMinute');
    if (most !== null && (await lookups.authsThisMinute(app)) > most) {
      throw new ApiFault('authRate', 'too many authentications in a minute');
    }
    const expiresAt = deps.now() + tokenTtlMs;
    return { expire_time: String(expiresAt), token: issueToken(deps.tokenKeys, app, expiresAt) };
  },
});

/** Before the body of an authentication is read. @throws ApiFault `authRate` */
export function admitAuth({ deps }: ApiContext, client: string): void {
  if (!deps.authLimits.attempt(client)) throw tooMany();
}

function tooMany(): ApiFault {
  return new ApiFault('authRate', 'too many authentications from this address');
}

export const revokeToken = endpoint({
  name: 'auth_delete',
  method: 'DELETE',
  path: '/auth/:token',
  summary: 'Revoke a token',
  params: Type.Object({ token: Type.String({ description: 'Of this app' }) }),
  example: { params: { token: example.token } },
  async handle({ deps }, { app, params }) {
    const claims = readToken(deps.tokenKeys, params.token);
    if (claims === undefined || claims.app !== app) throw invalid('token');
    if (claims.expiresAt > deps.now()) {
      await deps.userRedis.revokeToken({ tokenId: claims.id, until: claims.expiresAt });
    }
  },
});

/**
 * Whether the app's key and one of its secrets made this sign. An unknown app takes the same way, against a text that no sign
 * equals, so that answers don't tell which apps exist.
 */
function signs(app: App | null, given: AuthBody, timestamp: string, now: number): boolean {
  const key = app?.appKey ?? '';
  const keyFits = equalText(key, given.appkey);
  const secrets = app === null ? [''] : goodSecrets(app, 'master', now);
  const fitting = secrets.filter((secret) => {
    const sign = createHash('sha256')
      .update(key + timestamp + secret)
      .digest('hex');
    return equalText(sign, given.sign.toLowerCase());
  });
  return app !== null && keyFits && fitting.length > 0;
}
