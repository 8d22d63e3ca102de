import { LongwireError } from '../../common/errors.ts';
import {
  type operatorCalls as contract,
  type Operator,
  type Right,
  rightNames,
} from '../../common/protocol/operator-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { greatestRights, isAdminOfAll } from '../core/operator-rights.ts';
import type { Database, Session } from '../database.ts';
import { endSessions } from './operator-sessions.ts';
import { forgetTriesOfName } from './sign-in-tries.ts';

interface OperatorRow {
  id: number;
  name: string;
  passwordHash: string | null;
  mustChange: number;
  subject: string | null;
  disabled: number;
  createdAt: number;
  lastSignInAt: number | null;
}

export interface FoundOperator {
  operator: Operator;
  passwordHash: string | null;
  mustChange: boolean;
}

type OperatorCalls = Pick<
  Handlers<typeof contract>,
  | 'listOperators'
  | 'createOperator'
  | 'createFirstOperator'
  | 'changeOperator'
  | 'setOperatorPassword'
  | 'putOidcOperator'
>;

const columns = `id, name, password_hash AS passwordHash, must_change AS mustChange, subject, disabled,
  created_at AS createdAt, last_sign_in_at AS lastSignInAt`;

/** The operators that a condition names, with their rights, in the order of their ids. */
export async function findOperators(
  session: Session,
  condition: string,
  values: (string | number)[],
): Promise<FoundOperator[]> {
  const rows = await session.rows<OperatorRow>(`SELECT ${columns} FROM operator WHERE ${condition}`, values);
  if (rows.length === 0) return [];
  const rights = await session.rows<{ id: number } & Right>(
    'SELECT operator_id AS id, app_id AS app, right_name AS `right` FROM operator_right WHERE operator_id IN (?) ORDER BY app_id',
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({
    operator: operatorOf(
      row,
      rights.filter(({ id }) => id === row.id),
    ),
    passwordHash: row.passwordHash,
    mustChange: row.mustChange !== 0,
  }));
}

export function operatorCalls(database: Database, now: () => number): OperatorCalls {
  return {
    async listOperators({ after, limit }) {
      const found = await findOperators(database, `id > ? ORDER BY id LIMIT ${limit}`, [Number(after ?? 0)]);
      return { operators: found.map(({ operator }) => operator) };
    },

    async createOperator({ name, passwordHash, mustChange, rights }) {
      return database.transaction(async (session) => {
        const made = await add(session, { name, passwordHash, mustChange, subject: null }, rights, now());
        if (made.passwordHash !== passwordHash) throw nameTaken();
        return { operator: made.operator };
      });
    },

    async createFirstOperator({ name, passwordHash, mustChange }) {
      return alone(database, async () => {
        const [there] = await findOperators(database, 'id > 0 ORDER BY id LIMIT 1', []);
        if (there) {
          const [same] = await findOperators(database, 'name = ?', [name]);
          return { operator: same?.passwordHash === passwordHash ? same.operator : null };
        }
        const account = { name, passwordHash, mustChange, subject: null };
        const rights: Right[] = [{ right: 'admin', app: '*' }];
        const { operator } = await database.transaction((session) => add(session, account, rights, now()));
        return { operator };
      });
    },

    async changeOperator({ id, rights, disabled }) {
      return database.transaction(async (session) => {
        await lockAdmins(session);
        const [before] = await findOperators(session, 'id = ? FOR UPDATE', [Number(id)]);
        if (!before) return { operator: null };
        if (disabled !== undefined) {
          await session.run('UPDATE operator SET disabled = ? WHERE id = ?', [disabled ? 1 : 0, Number(id)]);
          if (disabled) await endSessions(session, Number(id), null);
        }
        if (rights !== undefined) await setRights(session, Number(id), rights);
        const [after] = await findOperators(session, 'id = ?', [Number(id)]);
        if (isAdminOfAll(before.operator) && !isAdminOfAll(after!.operator)) await assertAdminLeft(session);
        return { operator: after!.operator };
      });
    },

    async setOperatorPassword({ id, passwordHash, mustChange, keep }) {
      return database.transaction(async (session) => {
        const [found] = await findOperators(session, 'id = ? AND subject IS NULL FOR UPDATE', [Number(id)]);
        if (!found) return { operator: null };
        await session.run('UPDATE operator SET password_hash = ?, must_change = ? WHERE id = ?', [
          ...[passwordHash, mustChange ? 1 : 0, Number(id)],
        ]);
        await endSessions(session, Number(id), keep);
        await forgetTriesOfName(session, found.operator.name);
        return { operator: found.operator };
      });
    },

    async putOidcOperator({ subject, name, rights }) {
      return database.transaction(async (session) => {
        const [known] = await findOperators(session, 'subject = ? FOR UPDATE', [subject]);
        const account = { name, passwordHash: null, mustChange: false, subject };
        const made = known ?? (await add(session, account, rights, now()));
        const id = Number(made.operator.id);
        const [row] = await session.rows<{ subject: string | null }>('SELECT subject FROM operator WHERE id = ?', [id]);
        if (row?.subject !== subject) throw nameTaken();
        await setRights(session, id, rights);
        const [after] = await findOperators(session, 'id = ?', [id]);
        return { operator: after!.operator };
      });
    },
  };
}

/** One instance at a time: what isn't there can't be locked. @throws LongwireError `overloaded` while another is at it */
async function alone<T>(database: Database, work: () => Promise<T>): Promise<T> {
  return database.session(async (session) => {
    // Lock names are the server's, not the database's.
    const lock = "CONCAT('longwire.first.', LEFT(SHA2(DATABASE(), 256), 40))";
    const [row] = await session.rows<{ got: number | null }>(`SELECT GET_LOCK(${lock}, 1) AS got`);
    if (row?.got !== 1) throw new LongwireError('overloaded', 'another instance makes the first operator');
    try {
      return await work();
    } finally {
      await session.rows(`SELECT RELEASE_LOCK(${lock})`);
    }
  });
}

interface Account {
  name: string;
  passwordHash: string | null;
  mustChange: boolean;
  subject: string | null;
}

/** Adds an operator unless one of this name is there, and answers whichever is there then. */
async function add(session: Session, account: Account, rights: Right[], now: number): Promise<FoundOperator> {
  const { name, passwordHash, mustChange, subject } = account;
  const [there] = await findOperators(session, 'name = ? FOR UPDATE', [name]);
  if (there) return there;
  await session.run(
    `INSERT INTO operator (name, password_hash, must_change, subject, disabled, created_at) VALUES ?
     ON DUPLICATE KEY UPDATE name = name`,
    [[[name, passwordHash, mustChange ? 1 : 0, subject, 0, now]]],
  );
  const [made] = await findOperators(session, 'name = ? FOR UPDATE', [name]);
  // Another one was quicker: that one's rights stay as they are.
  if (made!.passwordHash !== passwordHash || made!.operator.rights.length > 0) return made!;
  await setRights(session, Number(made!.operator.id), rights);
  const [whole] = await findOperators(session, 'name = ?', [name]);
  return whole!;
}

async function setRights(session: Session, id: number, rights: Right[]): Promise<void> {
  await session.run('DELETE FROM operator_right WHERE operator_id = ?', [id]);
  const rows = greatestRights(rights).map(({ right, app }) => [id, app, right]);
  if (rows.length > 0)
    await session.run('INSERT INTO operator_right (operator_id, app_id, right_name) VALUES ?', [rows]);
}

/** Changes that may take the last admin pass one after another. */
async function lockAdmins(session: Session): Promise<void> {
  await session.rows("SELECT operator_id FROM operator_right WHERE app_id = '*' AND right_name = 'admin' FOR UPDATE");
}

async function assertAdminLeft(session: Session): Promise<void> {
  const left = await session.rows<{ id: number }>(
    `SELECT o.id FROM operator o JOIN operator_right r ON r.operator_id = o.id
     WHERE r.app_id = '*' AND r.right_name = 'admin' AND o.disabled = 0 LIMIT 1`,
  );
  if (left.length === 0) throw new LongwireError('conflict', 'somebody has to stay an admin of all apps');
}

function nameTaken(): LongwireError {
  return new LongwireError('conflict', 'another operator has this name', { field: 'name' });
}

function operatorOf(row: OperatorRow, rights: Right[]): Operator {
  return {
    id: String(row.id),
    name: row.name,
    rights: rights.filter(({ right }) => rightNames.includes(right)).map(({ right, app }) => ({ right, app })),
    disabled: row.disabled !== 0,
    createdAt: row.createdAt,
    lastSignInAt: row.lastSignInAt,
    source: row.subject === null ? 'password' : 'oidc',
  };
}
