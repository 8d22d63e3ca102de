import { LongwireError } from '../../common/errors.ts';

/** A deadline that passed while MySQL was asked; what it does with the statement is unknown. */
export class DeadlineError extends Error {}

interface MysqlFault {
  code?: string;
  errno?: number;
  fatal?: boolean;
}

const contention = new Set([
  1205, // ER_LOCK_WAIT_TIMEOUT
  1213, // ER_LOCK_DEADLOCK
]);

const present = new Set([
  1060, // ER_DUP_FIELDNAME
  1061, // ER_DUP_KEYNAME
  1091, // ER_CANT_DROP_FIELD_OR_KEY: gone already
]);

/** Answers of a server that can't serve now and may later, or whose place another takes. */
const away = new Set([
  1040, // ER_CON_COUNT_ERROR: too many connections
  1044, // ER_DBACCESS_DENIED_ERROR: a password or grant on its way
  1045, // ER_ACCESS_DENIED_ERROR
  1049, // ER_BAD_DB_ERROR: the database is not made yet
  1053, // ER_SERVER_SHUTDOWN
  1079, // ER_SHUTDOWN_COMPLETE
  1203, // ER_TOO_MANY_USER_CONNECTIONS
  1290, // ER_OPTION_PREVENTS_STATEMENT: read-only
  1317, // ER_QUERY_INTERRUPTED
  1792, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836, // ER_READ_ONLY_MODE
  1927, // ER_CONNECTION_KILLED (MariaDB)
  3169, // ER_SESSION_WAS_KILLED (MySQL)
  4031, // ER_CLIENT_INTERACTION_TIMEOUT
]);

/** Answers of a server that takes no writes, as one whose place another took. */
const readOnly = new Set([1290, 1792, 1836]);

/** The server takes no writes: another may have its address by now. */
export function isReadOnly(error: unknown): boolean {
  return readOnly.has((error as MysqlFault).errno ?? 0);
}

/** Two transactions stood in each other's way, and this one was undone: the same may succeed at once. */
export function isContention(error: unknown): boolean {
  return contention.has((error as MysqlFault).errno ?? 0);
}

/** The column or index that a statement was to add is there already, or the one that it was to drop is gone: it ran before. */
export function isPresent(error: unknown): boolean {
  return present.has((error as MysqlFault).errno ?? 0);
}

/** Whether the connection can't be used again, or its state is not known. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof LongwireError) return false;
  const { errno, fatal } = error as MysqlFault;
  // What the server answered has a number of the server's range; all else comes from the socket or the driver.
  return fatal === true || errno === undefined || errno < 1_000 || (away.has(errno) && errno !== 1317);
}

/**
 * What a caller may know: neither the driver's message nor its error as a cause, as both can hold SQL with values in it.
 */
export function fromMysql(error: unknown): LongwireError {
  if (error instanceof LongwireError) return error;
  if (error instanceof DeadlineError) return new LongwireError('unavailable', 'MySQL did not answer in time');
  const { code, errno } = error as MysqlFault;
  if (error instanceof Error && error.message === 'Queue limit reached.') {
    return new LongwireError('overloaded', 'too many calls wait for a connection to MySQL');
  }
  const name = code ?? (errno === undefined ? 'no code' : String(errno));
  if (isContention(error)) return new LongwireError('overloaded', `too much contention in MySQL (${name})`);
  if (breaksConnection(error) || errno === 1317) return new LongwireError('unavailable', `MySQL is away (${name})`);
  return new LongwireError('internal', `MySQL refused a statement (${name})`);
}
