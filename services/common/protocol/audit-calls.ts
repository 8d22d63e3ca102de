import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { TimeMs } from './ids.ts';

export const auditResults = ['done', 'refused', 'failed'] as const;
/** Rows that one answer lists at the most. */
export const maxListedAudit = 200;

const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const ascii = (maxLength: number) => Type.String({ maxLength, pattern: '^[\\x20-\\x7e]*$' });

/** Something that was done or tried. */
export const AuditRow = Type.Object({
  at: TimeMs,
  operator: orNull(ascii(64)),
  /** The name of a call of the console. */
  action: Type.String({ pattern: '^[A-Za-z]{1,40}$' }),
  app: orNull(ascii(64)),
  target: orNull(Type.String({ maxLength: 200 })),
  result: Type.Enum([...auditResults]),
  address: ascii(64),
  /** JSON text of an object. */
  detail: Type.String({ maxLength: 2_000 }),
});
export type AuditRow = Static<typeof AuditRow>;

const RowId = Type.String({ pattern: '^[1-9][0-9]{0,15}$' });

/** Calls of user-mysql for the audit log: rows are added and read, and that is all. */
export const auditCalls = {
  /** Adds rows, each once for its `uid`. */
  addAudit: batchCall(
    Type.Object({ uid: Type.String({ minLength: 8, maxLength: 64 }), ...AuditRow.properties }),
    Type.Object({}),
  ),
  /** Rows that fit, newest first, before the id given. */
  listAudit: call(
    Type.Object({
      before: orNull(RowId),
      operator: Type.Optional(ascii(64)),
      action: Type.Optional(AuditRow.properties.action),
      app: Type.Optional(ascii(64)),
      limit: Type.Integer({ minimum: 1, maximum: maxListedAudit }),
    }),
    Type.Object({ rows: Type.Array(Type.Object({ id: RowId, ...AuditRow.properties })) }),
  ),
};
