import { type operatorCalls as contract, maxSessions } from '../../common/protocol/operator-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { counted, lockedUntil, maxTries } from '../core/sign-in-lock.ts';
import type { Database, Session } from '../database.ts';
import { findOperators } from './operators.ts';
import { forgetTriesOfName, lockTries, putTries, type TriedBy, takeBackTryOfAddress } from './sign-in-tries.ts';

type SessionCalls = Pick<Handlers<typeof contract>, 'beginSignIn' | 'openSession' | 'findSession' | 'closeSession'>;

/** A session that is used is noted this often, not each time. */
const noteEveryMs = 30_000;

/** Ends the sessions of an operator but one. */
export async function endSessions(session: Session, id: number, keep: string | null): Promise<void> {
  await session.run('DELETE FROM operator_session WHERE operator_id = ? AND token_hash <> ?', [id, keep ?? '']);
}

export function sessionCalls(database: Database, now: () => number): SessionCalls {
  return {
    async beginSignIn({ name, address, attempt }) {
      return database.transaction(async (session) => {
        const at = now();
        const of: [TriedBy, string][] = [
          ...(address === null ? [] : [['address', address] as [TriedBy, string]]),
          ['name', name],
        ];
        for (const [by, value] of of) {
          const tries = await lockTries(session, by, value);
          const until = lockedUntil(tries, attempt, at);
          if (until !== undefined) return { locked: { by, until }, operator: null, passwordHash: null };
          await putTries(session, by, value, counted(tries, attempt, maxTries[by], at));
        }
        const [found] = await findOperators(session, 'name = ?', [name]);
        if (!found) return { locked: null, operator: null, passwordHash: null };
        return { locked: null, operator: found.operator, passwordHash: found.passwordHash };
      });
    },

    async openSession({ id, tokenHash, lastsMs, address, countedAddress }) {
      return database.transaction(async (session) => {
        const at = now();
        const [found] = await findOperators(session, 'id = ? AND disabled = 0 FOR UPDATE', [Number(id)]);
        if (!found) return { operator: null, mustChange: false, expiresAt: at };
        const [open] = await session.rows<{ expiresAt: number }>(
          'SELECT expires_at AS expiresAt FROM operator_session WHERE token_hash = ?',
          [tokenHash],
        );
        if (open) return { operator: found.operator, mustChange: found.mustChange, expiresAt: open.expiresAt };
        await session.run('UPDATE operator SET last_sign_in_at = ? WHERE id = ?', [at, Number(id)]);
        await endOldest(session, Number(id));
        await session.run(
          'INSERT INTO operator_session (token_hash, operator_id, created_at, seen_at, expires_at, address) VALUES ?',
          [[[tokenHash, Number(id), at, at, at + lastsMs, address]]],
        );
        if (countedAddress !== null) await takeBackTryOfAddress(session, countedAddress);
        await forgetTriesOfName(session, found.operator.name);
        const operator = { ...found.operator, lastSignInAt: at };
        return { operator, mustChange: found.mustChange, expiresAt: at + lastsMs };
      });
    },

    async findSession({ tokenHash, idleMs }) {
      const [row] = await database.rows<{ id: number; seenAt: number; expiresAt: number }>(
        `SELECT operator_id AS id, seen_at AS seenAt, expires_at AS expiresAt FROM operator_session WHERE token_hash = ?`,
        [tokenHash],
      );
      const at = now();
      if (!row || row.expiresAt <= at || row.seenAt + idleMs <= at) return { session: null };
      const [found] = await findOperators(database, 'id = ? AND disabled = 0', [row.id]);
      if (!found) return { session: null };
      if (row.seenAt + noteEveryMs <= at)
        await database.run('UPDATE operator_session SET seen_at = ? WHERE token_hash = ?', [at, tokenHash]);
      const { operator, mustChange } = found;
      return { session: { operator, mustChange, expiresAt: Math.min(row.expiresAt, at + idleMs) } };
    },

    async closeSession({ tokenHash }) {
      await database.run('DELETE FROM operator_session WHERE token_hash = ?', [tokenHash]);
      return {};
    },
  };
}

/** Leaves room for one more. */
async function endOldest(session: Session, id: number): Promise<void> {
  const sessions = await session.rows<{ hash: string }>(
    'SELECT token_hash AS hash FROM operator_session WHERE operator_id = ? ORDER BY created_at DESC, token_hash LIMIT 1000',
    [id],
  );
  const over = sessions.slice(maxSessions - 1).map(({ hash }) => hash);
  if (over.length > 0) await session.run('DELETE FROM operator_session WHERE token_hash IN (?)', [over]);
}
