import Type, { type Static } from 'typebox';
import { CallbackUrl } from '../../common/protocol/app.ts';
import { AppSummary, maxGraceMs } from '../../common/protocol/app-calls.ts';
import { CallbackTest, CallbackTry } from '../../common/protocol/callback-calls.ts';
import { AppId, TimeMs } from '../../common/protocol/ids.ts';
import { QuotaChanges } from '../../common/protocol/quotas.ts';
import { endpoint } from './endpoint.ts';
import { pageOf, pageQuery } from './lists.ts';

export { AppSummary };

const limit = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);

export const Quota = Type.Object({
  name: Type.String(),
  per: Type.Enum(['minute', 'day']),
  /** Null: no limit. */
  limit,
  /** What holds where nothing is set. */
  default: limit,
  /** In the minute or UTC day that is now. Null: not counted, as there is no limit or nobody can read it, or the users' Redis is away. */
  used: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
});

export const AppDetail = Type.Object({
  appId: AppId,
  name: Type.String(),
  appKey: Type.String(),
  disabled: Type.Boolean(),
  createdAt: TimeMs,
  callbackUrl: Type.Union([Type.String(), Type.Null()]),
  quotas: Type.Array(Quota),
});
export type AppDetail = Static<typeof AppDetail>;

export const AppName = Type.String({ minLength: 1, maxLength: 64, pattern: '\\S' });

const app = Type.Object({ app: AppId });
const exampleApp = { app: 'demo' };

export const appsCalls = {
  listApps: endpoint({
    method: 'GET',
    path: '/apps',
    summary: 'The apps that one has a right for, in the order of their ids',
    needs: 'any',
    query: Type.Object(pageQuery),
    answer: pageOf(AppSummary),
    example: { query: {} },
  }),
  createApp: endpoint({
    method: 'POST',
    path: '/apps',
    summary: 'Makes an app; its secrets are shown this once',
    needs: 'admin of all',
    body: Type.Object({ name: AppName }),
    answer: Type.Object({
      appId: AppId,
      name: Type.String(),
      appKey: Type.String(),
      masterSecret: Type.String(),
      appSecret: Type.String(),
    }),
    example: { body: { name: 'Shop' } },
  }),
  app: endpoint({
    method: 'GET',
    path: '/apps/:app',
    summary: 'An app with its quotas and what is used of them',
    needs: 'viewer',
    params: app,
    answer: AppDetail,
    example: { params: exampleApp },
  }),
  changeApp: endpoint({
    method: 'PATCH',
    path: '/apps/:app',
    summary: 'Changes what is named; a quota of null goes back to its default, a callbackUrl of null ends callbacks',
    needs: 'admin',
    params: app,
    body: Type.Object({
      disabled: Type.Optional(Type.Boolean()),
      quotas: Type.Optional(QuotaChanges),
      callbackUrl: Type.Optional(Type.Union([CallbackUrl, Type.Null()])),
    }),
    answer: AppDetail,
    example: { params: exampleApp, body: { disabled: false } },
  }),
  rotateSecret: endpoint({
    method: 'POST',
    path: '/apps/:app/secrets',
    summary: 'Replaces a secret, which is taken for `graceMs` more; the new one is shown this once',
    needs: 'admin',
    params: app,
    body: Type.Object({
      which: Type.Enum(['master', 'app']),
      graceMs: Type.Integer({ minimum: 0, maximum: maxGraceMs }),
    }),
    answer: Type.Object({ secret: Type.String() }),
    example: { params: exampleApp, body: { which: 'master', graceMs: 60_000 } },
  }),
  testCallback: endpoint({
    method: 'POST',
    path: '/apps/:app/callback-test',
    summary: 'Sends one line to the callback URL, signed like a real one, of a task `longwire_test`',
    needs: 'admin',
    params: app,
    answer: CallbackTest,
    example: { params: exampleApp },
  }),
  callbacks: endpoint({
    method: 'GET',
    path: '/apps/:app/callbacks',
    summary: 'The last tries to tell the callback URL of receipts, newest first, of all instances of im that answer',
    needs: 'viewer',
    params: app,
    answer: Type.Object({ items: Type.Array(CallbackTry) }),
    example: { params: exampleApp },
  }),
};
