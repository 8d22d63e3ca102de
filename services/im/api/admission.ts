import type { App } from '../../common/protocol/app.ts';
import type { ApiContext } from './context.ts';
import { ApiFault } from './faults.ts';
import { withinQuota } from './quota.ts';
import { readToken } from './tokens.ts';

/**
 * Whether a request may act for an app: its token was issued to that app, isn't over or revoked, and the app is there.
 *
 * @throws ApiFault `badToken`, `appDisabled`, `callRate` or `busy`
 */
export async function admit(context: ApiContext, app: string, token: string | undefined): Promise<void> {
  const { deps, lookups } = context;
  const claims = token ? readToken(deps.tokenKeys, token) : undefined;
  if (claims === undefined || claims.app !== app) throw new ApiFault('badToken', 'token is invalid');
  if (claims.expiresAt <= deps.now()) throw new ApiFault('badToken', 'token is expired');
  const [revoked, found] = await Promise.all([lookups.tokenRevoked(claims.id), context.findApp(app)]);
  if (revoked || found === null) throw new ApiFault('badToken', 'token is invalid');
  await refuseDisabled(context, found);
  await withinQuota(context, app, { callsPerMinute: 1 }, async () => undefined);
}

/** One that is remembered as disabled is looked at again: it may be enabled by now. @throws ApiFault `appDisabled` */
export async function refuseDisabled(context: ApiContext, app: App): Promise<void> {
  if (app.disabled && (await context.findAppAnew(app.appId))?.disabled !== false) {
    throw new ApiFault('appDisabled', 'app is disabled');
  }
}
