import Type, { type Static } from 'typebox';
import { vendorKinds } from './channel-credentials.ts';
import { AppId, TimeMs } from './ids.ts';
import { Quotas } from './quotas.ts';

export const Secret = Type.String({ minLength: 1, maxLength: 64 });

/** A secret that was replaced, and is taken beside the new one until `until` (ms since the Unix epoch). */
export const OldSecret = Type.Object({ secret: Secret, until: TimeMs });

/** Where receipts go: http or https. */
export const CallbackUrl = Type.String({ maxLength: 512, pattern: '^https?://[^/\\s]+\\S*$' });

export const App = Type.Object({
  appId: AppId,
  appKey: Type.String({ minLength: 1, maxLength: 64 }),
  masterSecret: Secret,
  appSecret: Secret,
  name: Type.String({ maxLength: 64 }),
  disabled: Type.Boolean(),
  /** Present from a rotation on; whoever checks looks at `until`. */
  oldMasterSecret: Type.Optional(OldSecret),
  oldAppSecret: Type.Optional(OldSecret),
  /** What was set for this app; the rest is as in `defaultQuotas`. */
  quotas: Type.Optional(Quotas),
  callbackUrl: Type.Optional(CallbackUrl),
  /** Kinds of vendors' channels that it has credentials for; missing: none. */
  channels: Type.Optional(Type.Array(Type.Enum([...vendorKinds]))),
});
export type App = Static<typeof App>;

/** The secrets that are good at this time, the newest first. */
export function goodSecrets(app: App, which: 'master' | 'app', now: number): string[] {
  const [secret, old] =
    which === 'master' ? [app.masterSecret, app.oldMasterSecret] : [app.appSecret, app.oldAppSecret];
  return old !== undefined && old.until > now ? [secret, old.secret] : [secret];
}
