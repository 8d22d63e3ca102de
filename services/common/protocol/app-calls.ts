import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { App, CallbackUrl, Secret } from './app.ts';
import { AppId, TimeMs } from './ids.ts';
import { QuotaChanges } from './quotas.ts';

export const maxGraceMs = 30 * 86_400_000;
export const maxListedApps = 500;

/** An app as lists show it: nothing secret. */
export const AppSummary = Type.Object({
  appId: AppId,
  name: Type.String(),
  disabled: Type.Boolean(),
  createdAt: TimeMs,
});
export type AppSummary = Static<typeof AppSummary>;

const found = Type.Object({ app: Type.Union([App, Type.Null()]) });

/** Calls of user-mysql for whoever operates the system. Each answers the app as it is afterwards; null: there is none. */
export const appCalls = {
  /**
   * Creates an app. One that is there with the same appKey stays as it is, whatever else the request says.
   *
   * @throws LongwireError `conflict` if it is there with another appKey.
   */
  createApp: call(Type.Omit(App, ['oldMasterSecret', 'oldAppSecret', 'quotas', 'callbackUrl', 'channels']), found),
  /** Apps in the order of their ids, after the id given. */
  listApps: call(
    Type.Object({
      after: Type.Union([AppId, Type.Literal('')]),
      limit: Type.Integer({ minimum: 1, maximum: maxListedApps }),
    }),
    Type.Object({ apps: Type.Array(AppSummary) }),
  ),
  /** Each app in short; null: there is none. */
  appSummaries: batchCall(Type.Object({ appId: AppId }), Type.Object({ app: Type.Union([AppSummary, Type.Null()]) })),
  /**
   * Puts a new secret in the place of the one in use, which is taken for `graceMs` more; one that was still in its own
   * grace time ends. A secret that is in use already changes nothing.
   */
  rotateSecret: call(
    Type.Object({
      appId: AppId,
      which: Type.Enum(['master', 'app']),
      secret: Secret,
      graceMs: Type.Integer({ minimum: 0, maximum: maxGraceMs }),
    }),
    found,
  ),
  /** Changes what is named. A quota of null goes back to its default; a callbackUrl of null ends callbacks. */
  changeApp: call(
    Type.Object({
      appId: AppId,
      disabled: Type.Optional(Type.Boolean()),
      quotas: Type.Optional(QuotaChanges),
      callbackUrl: Type.Optional(Type.Union([CallbackUrl, Type.Null()])),
    }),
    found,
  ),
};
