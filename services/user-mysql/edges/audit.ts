import type { AuditRow, auditCalls as contract } from '../../common/protocol/audit-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database, SqlValue } from '../database.ts';

/** The audit log: this file adds rows and reads them. Only `clean-up.ts` removes some, by their age. */
export function auditCalls(database: Database): Handlers<typeof contract> {
  return {
    async addAudit({ items }) {
      const rows = items.map(({ uid, at, operator, action, app, target, result, address, detail }) => [
        ...[uid, at, operator, action, app, target, result, address, detail],
      ]);
      await database.run(
        `INSERT INTO audit (uid, at, operator, action, app_id, target, result, address, detail) VALUES ?
         ON DUPLICATE KEY UPDATE uid = audit.uid`,
        [rows],
      );
      return { results: items.map(() => ({})) };
    },

    async listAudit({ before, operator, action, app, limit }) {
      const conditions: [string, SqlValue][] = [];
      if (before !== null) conditions.push(['id < ?', Number(before)]);
      if (operator !== undefined) conditions.push(['operator = ?', operator]);
      if (action !== undefined) conditions.push(['action = ?', action]);
      if (app !== undefined) conditions.push(['app_id = ?', app]);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`;
      const rows = await database.rows<AuditRow & { id: number }>(
        `SELECT id, at, operator, action, app_id AS app, target, result, address, detail FROM audit ${where}
         ORDER BY id DESC LIMIT ${limit}`,
        conditions.map(([, value]) => value),
      );
      return { rows: rows.map((row) => ({ ...row, id: String(row.id) })) };
    },
  };
}
