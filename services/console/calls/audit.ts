import Type, { type Static } from 'typebox';
import { auditResults } from '../../common/protocol/audit-calls.ts';
import { AppId, TimeMs } from '../../common/protocol/ids.ts';
import { OperatorName } from '../../common/protocol/operator-calls.ts';
import { endpoint } from './endpoint.ts';
import { pageOf, pageQuery } from './lists.ts';

/** What was done or tried, newest first. Texts in it come from outside: to be shown as text. */
export const AuditEntry = Type.Object({
  id: Type.String(),
  at: TimeMs,
  /** Null: nobody was signed in, and no operator has the name that was given. */
  operator: Type.Union([Type.String(), Type.Null()]),
  /** The name of a call: `signIn`, `changeApp`. */
  action: Type.String(),
  app: Type.Union([Type.String(), Type.Null()]),
  target: Type.Union([Type.String(), Type.Null()]),
  result: Type.Enum([...auditResults]),
  /** Where it came from. */
  address: Type.String(),
  /** What more there is to say, never a secret. */
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const auditCalls = {
  audit: endpoint({
    method: 'GET',
    path: '/audit',
    summary: 'What operators did and tried, newest first',
    needs: 'admin of all',
    query: Type.Object({
      operator: Type.Optional(OperatorName),
      action: Type.Optional(Type.String({ pattern: '^[A-Za-z]{1,40}$' })),
      app: Type.Optional(AppId),
      ...pageQuery,
    }),
    answer: pageOf(AuditEntry),
    example: { query: {} },
  }),
};
