import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { inject, onTestFinished } from 'vitest';
import type { ReceiptRecord } from '../../../services/common/protocol/bus-records.ts';
import { migrate, readMigrations } from '../../../services/user-mysql/edges/migrations.ts';
import { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';

export const migrationsFolder = fileURLToPath(new URL('../../../services/user-mysql/migrations/', import.meta.url));

/** URL of a new, empty database on the server, dropped when the test has finished. */
export async function emptyDatabase(server = inject('mysqlUrl')): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection({ uri: server });
    await connection.query(sql);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  onTestFinished(() => run(`DROP DATABASE IF EXISTS ${name}`));
  return `${server}/${name}`;
}

/** A pool as one instance has it; closed when the test has finished. */
export function instanceOn(url: string, options: { deadlineMs?: number; poolSize?: number; queueLimit?: number } = {}) {
  const database = new MysqlDatabase({ url, poolSize: 4, queueLimit: 100, deadlineMs: 15_000, ...options });
  onTestFinished(() => database.close());
  return database;
}

/** A new database with all tables, and a pool on it. */
export async function migratedDatabase(): Promise<{ url: string; database: MysqlDatabase }> {
  const url = await emptyDatabase();
  const database = instanceOn(url);
  await migrate(database, readMigrations(migrationsFolder), Date.now);
  return { url, database };
}

export function cidOf(n: number): string {
  return n.toString(16).padStart(32, '0');
}

export function cidsOf(from: number, count: number): string[] {
  return Array.from({ length: count }, (_none, index) => cidOf(from + index));
}

/** Records as they are read from the bus, from `offset` on. */
export function recordsFrom(offset: number, receipts: ReceiptRecord[]) {
  return receipts.map((receipt, index) => ({ offset: offset + index, receipt }));
}
