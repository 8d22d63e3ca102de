import { randomBytes } from 'node:crypto';
import { defaultPageItems } from '../calls/lists.ts';
import type { operatorsCalls } from '../calls/operators.ts';
import { asking, badField, ConsoleFault, notFound } from '../core/fault.ts';
import type { HandlerDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

/** 96 bits, 16 characters. */
const passwordBytes = 12;

export function operatorsHandlers({ mysql, passwords, config }: HandlerDeps): Handlers<typeof operatorsCalls> {
  const mustChange = config.forcePasswordChange;

  return {
    async listOperators({ query: { after, limit = defaultPageItems } }) {
      if (after !== undefined && !/^[1-9]\d{0,15}$/.test(after))
        throw badField('after', 'no_page_key', 'what `next` was');
      const { operators } = await asking('user-mysql', mysql.listOperators({ after: after ?? null, limit }));
      return { items: operators, next: operators.length < limit ? null : (operators.at(-1)?.id ?? null) };
    },

    async createOperator({ body: { name, rights }, note }) {
      note({ target: name, detail: { rights } });
      const password = newPassword();
      const passwordHash = await passwords.hash(password);
      const { operator } = await asking(
        'user-mysql',
        mysql.createOperator({ name, passwordHash, mustChange, rights }),
        { conflict: 'name_taken' },
      );
      return { operator, password };
    },

    async changeOperator({ params: { id }, body, note, signedIn }) {
      note({ detail: { ...body } });
      if (id === signedIn.operator.id && body.disabled) {
        throw new ConsoleFault('conflict', 'own_account', { field: 'disabled' });
      }
      const { operator } = await asking('user-mysql', mysql.changeOperator({ id, ...body }), {
        conflict: 'last_admin',
      });
      if (operator === null) throw notFound('operator');
      note({ target: operator.name });
      return operator;
    },

    async resetPassword({ params: { id }, note }) {
      const password = newPassword();
      const passwordHash = await passwords.hash(password);
      const change = { id, passwordHash, mustChange, keep: null };
      const { operator } = await asking('user-mysql', mysql.setOperatorPassword(change));
      if (operator === null) throw notFound('operator with a password');
      note({ target: operator.name });
      return { password };
    },
  };
}

function newPassword(): string {
  return randomBytes(passwordBytes).toString('base64url');
}
