import { createHash } from 'node:crypto';
import Type from 'typebox';
import { AuthBody, AuthData } from '../../common/protocol/rest/auth.ts';
import { endpoint } from './endpoint.ts';
import { ApiFault, invalid } from './faults.ts';
import { equalText, issueToken, readToken, tokenTtlMs } from './tokens.ts';

const maxSkewMs = 10 * 60_000;
const maxAuthsPerMinute = 100;

export const authenticate = endpoint({
  name: 'auth',
  method: 'POST',
  path: '/auth',
  summary: 'Issue a token, valid for 24 h',
  open: true,
  body: AuthBody,
  data: AuthData,
  async handle(context, { app, body }) {
    const { deps, lookups } = context;
    const timestamp = String(body.timestamp);
    if (!/^\d{13}$/.test(timestamp) || Math.abs(deps.now() - Number(timestamp)) > maxSkewMs) throw invalid('timestamp');
    const found = await context.findApp(app);
    // An unknown app takes the same way, against a text that no sign equals, so that answers don't tell which apps exist.
    const key = found?.appKey ?? '';
    const sign = createHash('sha256')
      .update(key + timestamp + (found?.masterSecret ?? ''))
      .digest('hex');
    const keyFits = equalText(key, body.appkey);
    const signFits = equalText(sign, body.sign.toLowerCase());
    if (!keyFits || !signFits || found === null) throw invalid('sign');
    if (found.disabled) throw new ApiFault('appDisabled', 'app is disabled');
    // Only good signs count: whoever can't sign can't use up another's right to authenticate.
    if ((await lookups.authsThisMinute(app)) > maxAuthsPerMinute) {
      throw new ApiFault('authRate', 'too many authentications in a minute');
    }
    const expiresAt = deps.now() + tokenTtlMs;
    return { expire_time: String(expiresAt), token: issueToken(deps.tokenKeys, app, expiresAt) };
  },
});

export const revokeToken = endpoint({
  name: 'auth_delete',
  method: 'DELETE',
  path: '/auth/:token',
  summary: 'Revoke a token',
  params: Type.Object({ token: Type.String() }),
  async handle({ deps }, { app, params }) {
    const claims = readToken(deps.tokenKeys, params.token);
    if (claims === undefined || claims.app !== app) throw invalid('token');
    if (claims.expiresAt > deps.now()) {
      await deps.userRedis.revokeToken({ tokenId: claims.id, until: claims.expiresAt });
    }
  },
});
