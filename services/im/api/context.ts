import { AppDirectory } from '../../common/app-directory.ts';
import type { App } from '../../common/protocol/user-mysql-calls.ts';
import { TtlCache } from '../../common/ttl-cache.ts';
import type { ApiDeps } from './deps.ts';
import { Lookups } from './lookups.ts';
import { readToken, type TokenClaims } from './tokens.ts';

/** How long one read of an app may take. */
const appDeadlineMs = 1_500;
const tokenMemoryMs = 60_000;
/** Tokens that were checked and are remembered. */
const maxTokens = 1_000;
const appIdShape = /^[A-Za-z0-9_-]{1,64}$/;

/** What the calls work with: the dependencies, and what is built of them once. */
export interface ApiContext {
  deps: ApiDeps;
  lookups: Lookups;
  /** The claims of a token of this API, expired or not; undefined for anything else. */
  readToken: (token: string) => TokenClaims | undefined;
  /** The app, or null. @throws ApiFault `busy` */
  findApp: (appId: string) => Promise<App | null>;
  /** The app, if it need not be looked up: then nothing has to be waited for. */
  freshApp: (appId: string) => App | undefined;
  /** The app as it was read last; nothing is looked up. */
  rememberedApp: (appId: string) => App | null;
  /** The app as it was within the last 2 s, or null. @throws ApiFault `busy` */
  findAppAnew: (appId: string) => Promise<App | null>;
}

export function createContext(deps: ApiDeps): ApiContext {
  const directory = new AppDirectory({
    load: async (appId) => (await deps.userMysql.app({ appId }, { deadlineMs: appDeadlineMs })).app,
    now: deps.now,
    ttlMs: deps.appCacheMs,
  });
  return {
    deps,
    lookups: new Lookups(deps),
    readToken: rememberingTokens(deps),
    findApp: async (appId) => (appIdShape.test(appId) ? directory.find(appId) : null),
    freshApp: (appId) => directory.fresh(appId),
    rememberedApp: (appId) => directory.remembered(appId) ?? null,
    findAppAnew: async (appId) => (appIdShape.test(appId) ? directory.findAnew(appId) : null),
  };
}

/** Checks a token that is used again and again once a minute. */
function rememberingTokens({ tokenKeys, now }: ApiDeps): ApiContext['readToken'] {
  const known = new TtlCache<TokenClaims>(tokenMemoryMs, maxTokens);
  return (token) => {
    const before = known.get(token, now());
    if (before?.fresh) return before.value;
    const claims = readToken(tokenKeys, token);
    if (claims) known.set(token, claims, now());
    return claims;
  };
}
