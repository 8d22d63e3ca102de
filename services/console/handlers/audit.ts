import type { auditCalls } from '../calls/audit.ts';
import { defaultPageItems } from '../calls/lists.ts';
import { detailOf } from '../core/audit-row.ts';
import { asking, badField } from '../core/fault.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

export function auditHandlers({ mysql }: HandlerDeps): Handlers<typeof auditCalls> {
  return {
    async audit({ query: { after, limit = defaultPageItems, ...filter } }) {
      if (after !== undefined && !/^[1-9]\d{0,15}$/.test(after))
        throw badField('after', 'no_page_key', 'what `next` was');
      const { rows } = await asking('user-mysql', mysql.listAudit({ before: after ?? null, limit, ...filter }));
      const items = rows.map(({ detail, ...row }) => ({ ...row, detail: detailOf(detail) }));
      return { items, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
    },
  };
}
