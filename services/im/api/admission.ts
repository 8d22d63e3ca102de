import type { App } from '../../common/protocol/app.ts';
import { quotaOf } from '../../common/protocol/quotas.ts';
import type { ApiContext } from './context.ts';
import { ApiFault } from './faults.ts';
import { withinQuota } from './quota.ts';
import type { TokenClaims } from './tokens.ts';

/** What the token of a request says, by itself. @throws ApiFault `badToken` */
export function claimsOf({ deps, readToken }: ApiContext, app: string, token: string | undefined): TokenClaims {
  const claims = token ? readToken(token) : undefined;
  if (claims === undefined || claims.app !== app) throw new ApiFault('badToken', 'token is invalid');
  if (claims.expiresAt <= deps.now()) throw new ApiFault('badToken', 'token is expired');
  return claims;
}

/**
 * Whether a request may act for an app: its token isn't revoked, and the app is there.
 *
 * @throws ApiFault `badToken`, `appDisabled`, `callRate` or `busy`
 */
export async function admit(context: ApiContext, { app, id }: TokenClaims): Promise<void> {
  const revoked = context.lookups.tokenRevoked(id);
  const found = context.freshApp(app) ?? (await context.findApp(app));
  if ((await revoked) || found === null) throw new ApiFault('badToken', 'token is invalid');
  if (found.disabled) await refuseDisabled(context, found);
  // Without a limit nothing is counted, and nothing waited for.
  if (quotaOf(found.quotas, 'callsPerMinute') === null) return;
  await withinQuota(context, app, { callsPerMinute: 1 }, async () => undefined);
}

/** One that is remembered as disabled is looked at again: it may be enabled by now. @throws ApiFault `appDisabled` */
export async function refuseDisabled(context: ApiContext, app: App): Promise<void> {
  if (app.disabled && (await context.findAppAnew(app.appId))?.disabled !== false) {
    throw new ApiFault('appDisabled', 'app is disabled');
  }
}
