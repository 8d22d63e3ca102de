import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { backoffMs } from '../../common/backoff.ts';
import type { Database, Session, SqlValue } from '../database.ts';
import { breaksConnection, DeadlineError, fromMysql, isContention, isReadOnly } from './mysql-errors.ts';

export interface MysqlOptions {
  /** mysql://user:password@host:port/database */
  url: string;
  poolSize: number;
  /** Work that waits for a connection, at the most. */
  queueLimit: number;
  /** Of one piece of work: its statements together, waiting for a connection and repeats included. */
  deadlineMs: number;
}

/** Tries of a transaction that MySQL keeps undoing because of others. */
const maxTries = 8;

/** MySQL behind a bounded pool. Nothing is sent before the first statement. */
export class MysqlDatabase implements Database {
  #pool: Pool;
  #deadlineMs: number;
  #busy = 0;
  /** Counts the times that connections were given up; each one is of the time in which it was made. */
  #age = 0;
  #ages = new WeakMap<object, number>();

  constructor(options: MysqlOptions) {
    this.#deadlineMs = options.deadlineMs;
    this.#pool = createPool({
      uri: options.url,
      connectionLimit: options.poolSize,
      queueLimit: options.queueLimit,
      waitForConnections: true,
      connectTimeout: options.deadlineMs,
      idleTimeout: 60_000,
      enableKeepAlive: true,
      charset: 'UTF8MB4_BIN',
      timezone: 'Z',
      supportBigNumbers: true,
    });
    const lockWaitS = Math.max(1, Math.floor(options.deadlineMs / 1_000));
    this.#pool.pool.on('connection', (connection) => {
      this.#ages.set(connection, this.#age);
      // Queued ahead of the first statement. If one fails, the connection must not be used with other settings.
      const set = (sql: string): void => {
        connection.query(sql, (error) => {
          if (error) connection.destroy();
        });
      };
      set(
        `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${lockWaitS}, autocommit = 1`,
      );
      set('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    });
  }

  rows<Row>(sql: string, values: SqlValue[] = []): Promise<Row[]> {
    return this.session((session) => session.rows<Row>(sql, values));
  }

  run(sql: string, values: SqlValue[] = []): Promise<void> {
    return this.session((session) => session.run(sql, values));
  }

  async session<T>(work: (session: Session) => Promise<T>, deadlineMs = this.#deadlineMs): Promise<T> {
    try {
      return await this.#hold(Date.now() + deadlineMs, (connection) => work(sessionOn(connection)));
    } catch (error) {
      throw fromMysql(error);
    }
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const endMs = Date.now() + this.#deadlineMs;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#hold(endMs, (connection) => inTransaction(connection, work));
      } catch (error) {
        const waitMs = backoffMs(tries, 5, 100);
        if (!isContention(error) || tries >= maxTries || Date.now() + waitMs >= endMs) throw fromMysql(error);
        await sleep(waitMs);
      }
    }
  }

  /** Pieces of work that hold a connection or wait for one. */
  get busy(): number {
    return this.#busy;
  }

  /** Gives up all connections: those at work when that is done, so what comes next makes new ones, with a new look-up of the name. */
  renew(): void {
    this.#age++;
  }

  /** Ends the connections; work under way fails. May be called twice. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Lends a connection. One that is left in an unknown state is closed, which undoes its transaction. */
  async #hold<T>(endMs: number, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await this.#lend(endMs, work);
    } finally {
      this.#busy--;
    }
  }

  async #lend<T>(endMs: number, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await this.#current(endMs);
    try {
      const result = await within(work(connection), endMs);
      connection.release();
      return result;
    } catch (error) {
      // All others are of the same server, and what is idle would hear of it last.
      if (isReadOnly(error)) this.renew();
      if (breaksConnection(error)) connection.destroy();
      else connection.release();
      throw error;
    }
  }

  /** One that was not given up. */
  async #current(endMs: number): Promise<PoolConnection> {
    for (;;) {
      const connection = await this.#next(endMs);
      // The pool's own is behind the one that it lends.
      if ((this.#ages.get(connection.connection) ?? this.#age) === this.#age) return connection;
      connection.destroy();
    }
  }

  async #next(endMs: number): Promise<PoolConnection> {
    const waiting = this.#pool.getConnection();
    try {
      return await within(waiting, endMs);
    } catch (error) {
      // It may still come after the deadline: back into the pool then.
      waiting.then(
        (late) => late.release(),
        () => {},
      );
      throw error;
    }
  }
}

function sessionOn(connection: PoolConnection): Session {
  return {
    rows: async <Row>(sql: string, values: SqlValue[] = []) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql, values);
      return rows as Row[];
    },
    run: async (sql, values = []) => {
      await connection.query(sql, values);
    },
  };
}

async function inTransaction<T>(connection: PoolConnection, work: (session: Session) => Promise<T>): Promise<T> {
  await connection.query('START TRANSACTION');
  let result: T;
  try {
    result = await work(sessionOn(connection));
  } catch (error) {
    // A lock wait that timed out has undone only its statement: the rest goes now, in every case.
    if (!breaksConnection(error)) await connection.query('ROLLBACK');
    throw error;
  }
  await connection.query('COMMIT');
  return result;
}

async function within<T>(promise: Promise<T>, endMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError('deadline passed')), Math.max(1, endMs - Date.now()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
