export type SqlValue = string | number | boolean | null | SqlValue[];

/**
 * Statements on MySQL. `?` stands for a value, for a list (`IN (?)` with an array) or for rows (`VALUES ?` with an array
 * of arrays).
 *
 * @throws LongwireError (of each method) `unavailable` when MySQL is away or the deadline has passed, `overloaded` when
 * too many wait for a connection, else `internal`; none holds SQL or values.
 */
export interface Session {
  /** The rows of a query; integers are numbers. */
  rows<Row>(sql: string, values?: SqlValue[]): Promise<Row[]>;
  run(sql: string, values?: SqlValue[]): Promise<void>;
}

/** A pool of sessions; its own statements take any free connection each. */
export interface Database extends Session {
  /** One connection for all of `work`, within one deadline. */
  session<T>(work: (session: Session) => Promise<T>, deadlineMs?: number): Promise<T>;
  /**
   * All or nothing, under READ COMMITTED. `work` runs again when MySQL broke a deadlock at its cost, so it must have no
   * effects but its statements. A failure of the commit itself leaves open whether it was done.
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
}
