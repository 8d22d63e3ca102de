import { createHash } from 'node:crypto';
import { noTries, type Tries } from '../core/sign-in-lock.ts';
import type { Session } from '../database.ts';

/** What tries are counted by. */
export type TriedBy = 'name' | 'address';

/** The tries of a name or an address; nobody else changes them until the transaction ends. */
export async function lockTries(session: Session, by: TriedBy, value: string): Promise<Tries> {
  const key = keyOf(by, value);
  // A row that is there can be locked, and what is not there can't.
  await session.run(
    `INSERT INTO sign_in_try (key_hash, tries, last_at, last_try, locked_until) VALUES ? ON DUPLICATE KEY UPDATE key_hash = key_hash`,
    [[[key, 0, 0, '', 0]]],
  );
  const [row] = await session.rows<Tries>(
    `SELECT tries, last_at AS lastAt, last_try AS lastTry, locked_until AS lockedUntil
     FROM sign_in_try WHERE key_hash = ? FOR UPDATE`,
    [key],
  );
  return row ?? noTries;
}

export async function putTries(session: Session, by: TriedBy, value: string, tries: Tries): Promise<void> {
  const { tries: count, lastAt, lastTry, lockedUntil } = tries;
  await session.run(
    'UPDATE sign_in_try SET tries = ?, last_at = ?, last_try = ?, locked_until = ? WHERE key_hash = ?',
    [count, lastAt, lastTry, lockedUntil, keyOf(by, value)],
  );
}

/** A name begins anew. */
export async function forgetTriesOfName(session: Session, name: string): Promise<void> {
  await session.run('DELETE FROM sign_in_try WHERE key_hash = ?', [keyOf('name', name)]);
}

/** One try of an address was right: the others stay, or one account of one's own would give tries at those of others. */
export async function takeBackTryOfAddress(session: Session, address: string): Promise<void> {
  await session.run('UPDATE sign_in_try SET tries = tries - 1, locked_until = 0 WHERE key_hash = ? AND tries > 0', [
    keyOf('address', address),
  ]);
}

function keyOf(by: TriedBy, value: string): string {
  return createHash('sha256').update(`${by} ${value.toLowerCase()}`).digest('hex');
}
